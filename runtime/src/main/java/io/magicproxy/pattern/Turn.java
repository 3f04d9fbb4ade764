package io.magicproxy.pattern;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One answer of a model, taken apart. The same reading serves the watchers while the text streams
 * and the loop when it is whole, so both see the same.
 */
final class Turn implements TagParser.Listener {
    private static final String DRAFT = "DRAFT";

    private final TagParser parser;
    private final Set<String> tools;
    private final Consumer<Saying> out;
    private final boolean tagged;
    private final int maxAnswer;
    private final StringBuilder untagged = new StringBuilder();
    private final StringBuilder between = new StringBuilder();
    private final StringBuilder action = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder draft = new StringBuilder();
    private boolean sawTag;
    private boolean sawAction;
    private boolean sawAnswer;
    private boolean cut;
    private boolean toldAnswer;

    /**
     * @param tags that the pattern asks for; without any, all text is the answer
     * @param tools that there are
     * @param maxAnswer letters after which a tagged answer is cut
     */
    Turn(Set<String> tags, Set<String> tools, int maxAnswer, Consumer<Saying> out) {
        this.parser = new TagParser(tags, this);
        this.tools = tools;
        this.out = out;
        this.tagged = !tags.isEmpty();
        this.maxAnswer = maxAnswer;
    }

    /** Reads an answer that is whole. */
    static Turn of(Set<String> tags, Set<String> tools, int maxAnswer, String text) {
        Turn turn = new Turn(tags, tools, maxAnswer, saying -> {});
        turn.feed(text);
        turn.end();
        return turn;
    }

    /** True once nothing that follows counts. */
    boolean feed(String text) {
        return parser.feed(text) || cut;
    }

    /** Whether the answer was longer than it may be. */
    boolean cut() {
        return cut;
    }

    void end() {
        parser.end();
        if (!sawTag && tagged && !bareCall() && !untagged.toString().isBlank()) {
            tellAnswer(untagged.toString());
        }
    }

    /** The answer is told without the space that models like to begin with. */
    private void tellAnswer(String text) {
        String said = toldAnswer ? text : text.stripLeading();
        if (!said.isEmpty()) {
            toldAnswer = true;
            out.accept(new Saying.Answer(said));
        }
    }

    /** How much of the text counts; what follows an action the model has made up. */
    int counted() {
        return parser.counted();
    }

    /** The text of the {@code <ACTION>}, if there is one; a call may also stand alone. */
    Optional<String> action() {
        if (sawAction) {
            return Optional.of(action.toString());
        }
        return bareCall() ? Optional.of(untagged.toString()) : Optional.empty();
    }

    private boolean bareCall() {
        return tagged && !sawTag && ActionReader.isBareCall(untagged.toString(), tools);
    }

    /** The answer: what stands in its tags, or all of a text without tags. */
    Optional<String> answer() {
        if (sawAnswer) {
            return Optional.of(answer.toString().strip());
        }
        return sawTag || untagged.toString().isBlank()
                ? Optional.empty()
                : Optional.of(untagged.toString().strip());
    }

    /** Text between the tags: of a model that has no turn left, better than no answer. */
    Optional<String> between() {
        return Optional.of(between.toString().strip()).filter(text -> !text.isEmpty());
    }

    Optional<String> draft() {
        return draft.isEmpty() ? Optional.empty() : Optional.of(draft.toString().strip());
    }

    @Override
    public void opened(String tag) {
        if (!sawTag && !untagged.toString().isBlank()) {
            // Held back until now; it was no answer.
            out.accept(new Saying.Thought(untagged.toString()));
        }
        sawTag = true;
        switch (tag) {
            case TagParser.ACTION -> sawAction = true;
            case TagParser.FINAL_ANSWER -> sawAnswer = true;
            default -> out.accept(new Saying.Step(title(tag)));
        }
        if (tag.equals(DRAFT)) {
            draft.setLength(0);
        }
    }

    @Override
    public void text(String tag, String text) {
        switch (tag) {
            case TagParser.ACTION -> action.append(text);
            case TagParser.FINAL_ANSWER -> answer(text);
            case TagParser.NONE -> outside(text);
            default -> {
                if (tag.equals(DRAFT)) {
                    draft.append(text);
                }
                out.accept(new Saying.Thought(text));
            }
        }
    }

    private void answer(String text) {
        int left = maxAnswer - answer.length();
        String counted = text.length() > left ? text.substring(0, left) : text;
        cut |= text.length() > left;
        answer.append(counted);
        tellAnswer(counted);
    }

    @Override
    public void closed(String tag) {}

    /** Held back while no tag has come: it may be the whole answer. */
    private void outside(String text) {
        if (!tagged) {
            untagged.append(text);
            tellAnswer(text);
        } else if (!sawTag) {
            untagged.append(text);
        } else {
            between.append(text);
            if (!text.isBlank()) {
                out.accept(new Saying.Thought(text));
            }
        }
    }

    private static String title(String tag) {
        String words = tag.replace('_', ' ').toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
