package io.magicproxy.provider.simulator;

import io.magicproxy.chat.Message;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far a run with tags has come: its question, and the turns that followed.
 *
 * @param prompt all that tells how to answer
 * @param turns what the model has said since the question
 * @param since what came after its last turn
 */
record TaggedRun(String prompt, Question question, List<String> turns, List<String> since) {

    /** Where a prompt that is one message with the question says it. */
    private static final Pattern ASKED =
            Pattern.compile(
                    "(?im)^[#* ]{0,4}(?:user )?(?:question|query|task|request)[* ]{0,2}:(.+)$");

    private static final Pattern NO_MORE = Pattern.compile("(?i)no more (?:tools|actions)");
    private static final Pattern PARAGRAPH = Pattern.compile("\\n\\s*\\n");

    static TaggedRun of(List<Message> messages) {
        int first = firstTurn(messages);
        List<String> turns =
                messages.subList(first, messages.size()).stream()
                        .filter(Message.Assistant.class::isInstance)
                        .map(Messages::text)
                        .toList();
        List<String> since =
                messages.reversed().stream()
                        .takeWhile(m -> !(m instanceof Message.Assistant))
                        .filter(_ -> !turns.isEmpty())
                        .map(Messages::text)
                        .toList()
                        .reversed();
        return new TaggedRun(
                prompt(messages),
                new Question(Quote.plain(question(messages.subList(0, first)))),
                turns,
                since);
    }

    /** A turn acts, and isn't an answer: those of earlier runs are no part of this one. */
    private static int firstTurn(List<Message> messages) {
        int first = messages.size();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof Message.Assistant) {
                String text = Messages.text(messages.get(i)).toUpperCase(Locale.ROOT);
                if (!text.contains("<ACTION>") || text.contains("<FINAL_ANSWER>")) {
                    break;
                }
                first = i;
            }
        }
        return first;
    }

    /** What tools said may speak of tags too, and doesn't count. */
    static String prompt(List<Message> messages) {
        return messages.stream()
                .filter(m -> m instanceof Message.Instruction || m instanceof Message.User)
                .map(Messages::text)
                .filter(text -> !text.stripLeading().startsWith("<OBSERVATION>"))
                .collect(Collectors.joining("\n\n"));
    }

    /** The first thing that the user said since the last answer, but for the prompt's own words. */
    private static String question(List<Message> before) {
        List<String> said =
                before.reversed().stream()
                        .takeWhile(m -> !(m instanceof Message.Assistant))
                        .filter(Message.User.class::isInstance)
                        .map(Messages::text)
                        .filter(text -> !text.isBlank())
                        .toList()
                        .reversed();
        return said.stream()
                .filter(text -> !Tags.in(text).wanted())
                .findFirst()
                .or(() -> said.stream().map(TaggedRun::within).reduce((_, last) -> last))
                .orElse("");
    }

    private static String within(String prompt) {
        String named =
                ASKED.matcher(prompt).results().map(m -> m.group(1)).reduce("", (_, last) -> last);
        if (!named.isBlank()) {
            return named.strip();
        }
        String[] paragraphs = PARAGRAPH.split(prompt.strip(), -1);
        return Quote.plain(paragraphs[paragraphs.length - 1]);
    }

    /** What the tools have shown since the question, the last of it. */
    Optional<String> observation() {
        return since.stream()
                .flatMap(text -> Tags.inner(Tags.OBSERVATION, text).stream())
                .map(String::strip)
                .reduce((_, last) -> last);
    }

    /** Whether an action of this run named a tool. */
    boolean hasUsedTool() {
        return actions().anyMatch(action -> !action.isBlank());
    }

    boolean hasEndedStage() {
        return actions().anyMatch(String::isBlank);
    }

    private Stream<String> actions() {
        return turns.stream().flatMap(text -> Tags.inner(Tags.ACTION, text).stream());
    }

    /** Whether it was told to come to an end. */
    boolean mustAnswer() {
        return since.stream().anyMatch(text -> NO_MORE.matcher(text).find());
    }
}
