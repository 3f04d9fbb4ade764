package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a declarative pattern says: sections of the system prompt, and sections that change from
 * turn to turn and go with the question.
 */
public record PromptStructure(List<Section> fixed, List<Section> changing) {
    private static final Pattern TAG = Pattern.compile("<([A-Z][A-Z0-9_]{1,40})(?:\\s[^<>]*)?/?>");

    /** Those that the loop knows; an author may write them in any case. */
    private static final Pattern OWN_TAG =
            Pattern.compile(
                    "<(THOUGHT|ACTION|DRAFT|FINAL_ANSWER)(?:\\s[^<>]*)?/?>",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{1,40}");

    private static final String OBSERVATION = "OBSERVATION";

    /**
     * A part of the prompt.
     *
     * @param tag around it; "" for none
     */
    public record Section(String tag, String content) {}

    /**
     * Reads what {@code getPromptStructure()} returned.
     *
     * @throws IllegalArgumentException for anything else; the message is for the author
     */
    public static PromptStructure of(JsonNode structure) {
        if (structure.isArray()) {
            return new PromptStructure(sections(structure), List.of());
        }
        if (structure.has("static_system") || structure.has("dynamic_context")) {
            return new PromptStructure(
                    sections(structure.path("static_system")),
                    sections(structure.path("dynamic_context")));
        }
        throw new IllegalArgumentException(
                "the prompt structure must be a list of {tag, content}, or a map with static_system and dynamic_context");
    }

    private static List<Section> sections(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (node.isTextual()) {
            return List.of(new Section("", node.asText()));
        }
        if (!node.isArray()) {
            throw new IllegalArgumentException(
                    "a part of the prompt structure is neither text nor a list of {tag, content}");
        }
        List<Section> sections = new ArrayList<>();
        for (JsonNode one : node) {
            if (one.isTextual()) {
                sections.add(new Section("", one.asText()));
            } else if (one.path("content").isTextual()) {
                sections.add(new Section(one.path("tag").asText(""), one.path("content").asText()));
            } else {
                throw new IllegalArgumentException(
                        "section "
                                + (sections.size() + 1)
                                + " of the prompt structure has no text \"content\"");
            }
        }
        return List.copyOf(sections);
    }

    /**
     * The tags that the prompt asks the model to write: those that its contents speak of, but for
     * its own sections, unless a section is named after one of the loop's tags.
     */
    Set<String> answerTags() {
        Set<String> tags = new LinkedHashSet<>();
        for (Section section : all()) {
            TAG.matcher(section.content())
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .forEach(tags::add);
        }
        tags.removeAll(sectionTags());
        for (Section section : all()) {
            OWN_TAG.matcher(section.content() + "<" + section.tag() + ">")
                    .results()
                    .map((MatchResult found) -> found.group(1).toUpperCase(Locale.ROOT))
                    .forEach(tags::add);
        }
        tags.remove(OBSERVATION);
        return tags;
    }

    /** The sections' own: a model that writes in one of them opens a step, too. */
    Set<String> sectionTags() {
        Set<String> tags = new LinkedHashSet<>();
        for (Section section : all()) {
            String name = section.tag().toUpperCase(Locale.ROOT);
            if (NAME.matcher(name).matches() && !name.equals(OBSERVATION)) {
                tags.add(name);
            }
        }
        return tags;
    }

    /** Whether it has that placeholder somewhere. */
    boolean asksFor(String placeholder) {
        return all().stream().anyMatch(one -> one.content().contains("{" + placeholder + "}"));
    }

    private List<Section> all() {
        List<Section> all = new ArrayList<>(fixed);
        all.addAll(changing);
        return all;
    }
}
