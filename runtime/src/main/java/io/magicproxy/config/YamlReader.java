package io.magicproxy.config;

import io.magicproxy.config.ConfigProblem.Severity;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Reads YAML into {@link ConfigNode}s. Whatever is wrong becomes a problem, never an exception. */
final class YamlReader {
    /** How often names are used is no danger: {@link NodeBudget} counts what comes of it. */
    private static final int MAX_ALIASES = 10_000;

    private static final int MAX_CHARS = 16 * 1024 * 1024;

    private final EnvironmentReferences references;
    private final Problems problems;

    YamlReader(EnvironmentReferences references, Problems problems) {
        this.references = references;
        this.problems = problems;
    }

    /** The file's root; absent if it is empty, or can't be read at all. */
    Optional<ConfigNode> read(byte[] yaml) {
        return decode(yaml).flatMap(this::parse);
    }

    private Optional<String> decode(byte[] yaml) {
        ByteBuffer in = ByteBuffer.wrap(yaml);
        CharBuffer out = CharBuffer.allocate(yaml.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            fail(after(text), "this is not valid UTF-8; save the file in that encoding");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    private Optional<ConfigNode> parse(String text) {
        try {
            Node root = new Yaml(options()).compose(new StringReader(text));
            return Optional.ofNullable(root)
                    .map(node -> new NodeTree(references, problems).root(node));
        } catch (MarkedYAMLException e) {
            fail(place(e.getProblemMark()), "YAML: " + problem(e));
        } catch (NodeBudget.SpentException e) {
            fail(e.place(), String.valueOf(e.getMessage()));
        } catch (ReaderException e) {
            int at = text.offsetByCodePoints(0, Math.min(e.getPosition(), length(text)));
            fail(
                    after(text.substring(0, at)),
                    "the character U+%04X is not allowed; remove it".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            fail(Place.START, "YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(NodeBudget.MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARS);
        // Nothing is ever made of a tag: NodeTree refuses each, with its path.
        options.setTagInspector(_ -> true);
        return options;
    }

    private static String problem(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? "not understood" : e.getProblem();
        String tab = problem.contains("'\\t(TAB)'") ? "; indent with spaces" : "";
        return (e.getContext() == null ? problem : e.getContext() + ", " + problem) + tab;
    }

    private void fail(Place place, String message) {
        problems.add(Severity.ERROR, "", place, message);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The place of what follows a text. */
    private static Place after(String text) {
        int line = 1 + Math.toIntExact(text.chars().filter(c -> c == '\n').count());
        int column = 1 + length(text.substring(text.lastIndexOf('\n') + 1));
        return new Place(line, column, column + 1);
    }

    static Place place(Node node) {
        Mark from = node.getStartMark();
        Mark to = node.getEndMark();
        int column = from.getColumn() + 1;
        int end = to.getLine() == from.getLine() ? to.getColumn() + 1 : column + 1;
        return new Place(from.getLine() + 1, column, Math.max(end, column));
    }

    private static Place place(@Nullable Mark mark) {
        return mark == null
                ? Place.START
                : new Place(mark.getLine() + 1, mark.getColumn() + 1, mark.getColumn() + 2);
    }
}
