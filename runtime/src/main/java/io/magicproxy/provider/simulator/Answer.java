package io.magicproxy.provider.simulator;

import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ResponseFormat;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.chat.Usage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the simulator says: the same to the same request, and labelled.
 *
 * @param tokens the text in pieces of a word each
 * @param n how many times it is said
 */
record Answer(
        List<String> tokens,
        Optional<String> thought,
        List<ToolCall> calls,
        FinishReason finish,
        int n,
        Usage usage) {
    static final String LABEL = "[simulator] ";

    private static final int MAX_CHOICES = 128;

    static Answer to(ChatRequest request) throws MalformedRequestException {
        Question question = new Question(Messages.lastUser(request.messages()));
        Tags tags = Tags.in(TaggedRun.prompt(request.messages()));
        List<ToolCall> calls =
                tags.wanted() ? List.of() : calls(request, question).stream().toList();
        String text = calls.isEmpty() ? text(request, question, tags) : "";
        List<String> whole = Words.of(beforeStop(text, request.sampling().stop()));
        List<String> tokens = whole.subList(0, Math.min(whole.size(), limit(request)));
        FinishReason finish =
                !calls.isEmpty()
                        ? FinishReason.TOOL_CALLS
                        : tokens.size() < whole.size() ? FinishReason.LENGTH : FinishReason.STOP;
        Optional<String> thought = request.extra("reasoning_effort").map(_ -> thought(question));
        int n = Math.clamp(request.sampling().n().orElse(1), 1, MAX_CHOICES);
        Said said = new Said(tokens, thought, calls);
        return new Answer(tokens, thought, calls, finish, n, said.usage(request, n));
    }

    String text() {
        return String.join("", tokens);
    }

    /** The same for the same answer. */
    String id() {
        return "chatcmpl-simulated-" + Integer.toHexString(Objects.hash(tokens, calls));
    }

    private static String text(ChatRequest request, Question question, Tags tags) {
        return switch (request.responseFormat().orElse(new ResponseFormat.Text())) {
            case ResponseFormat.JsonSchema format ->
                    Json.text(new SchemaInstance(format.schema(), question.text()).make());
            case ResponseFormat.JsonObject _ ->
                    Json.text(
                            Json.object().put("simulated", true).put("question", question.text()));
            case ResponseFormat.Text _ ->
                    tags.wanted()
                            ? new TaggedAnswer(
                                            tags, TaggedRun.of(request.messages()), request.tools())
                                    .text()
                            : plain(request.messages(), Quote.shortened(question.text()));
        };
    }

    private static String plain(List<Message> messages, String question) {
        List<String> results = Messages.lastResults(messages);
        if (!results.isEmpty()) {
            return LABEL
                    + "The tool answered: "
                    + String.join("; ", results.stream().map(Quote::shortened).toList())
                    + ". So that is my answer to \""
                    + question
                    + "\".";
        }
        long images = Messages.images(messages);
        return LABEL
                + "You asked: \""
                + question
                + "\""
                + (images > 0 ? " and sent " + images + (images == 1 ? " image" : " images") : "")
                + ". I am a deterministic pretend model, made for first contact and drills: the same question always gets this"
                + " same answer. Add a provider's key to talk to a real one.";
    }

    /** The most fitting tool, unless tools have answered just now. */
    private static Optional<ToolCall> calls(ChatRequest request, Question question)
            throws MalformedRequestException {
        if (!Messages.lastResults(request.messages()).isEmpty()) {
            return Optional.empty();
        }
        return new ToolChooser(question)
                .call(request.tools(), request.toolChoice().orElse(new ToolChoice.Auto()));
    }

    private static String thought(Question question) {
        return "The question is: "
                + Quote.shortened(question.text())
                + " I only pretend to think (simulated).";
    }

    private static String beforeStop(String text, List<String> stop) {
        int end =
                stop.stream()
                        .filter(word -> !word.isEmpty())
                        .mapToInt(text::indexOf)
                        .filter(at -> at >= 0)
                        .min()
                        .orElse(text.length());
        return text.substring(0, end);
    }

    private static int limit(ChatRequest request) {
        return Math.max(0, request.sampling().maxTokens().orElse(Integer.MAX_VALUE));
    }

    /** A token is a word here. */
    private record Said(List<String> tokens, Optional<String> thought, List<ToolCall> calls) {
        private static final int PER_MESSAGE = 3;

        Usage usage(ChatRequest request, int n) {
            long in =
                    request.messages().stream()
                            .mapToLong(m -> Words.of(Messages.text(m)).size() + PER_MESSAGE)
                            .sum();
            long reasoning = thought.map(t -> Words.of(t).size()).orElse(0);
            long arguments =
                    calls.stream().mapToLong(c -> Words.of(c.arguments()).size() + 1L).sum();
            return new Usage(in, n * (tokens.size() + reasoning + arguments), 0, 0, n * reasoning);
        }
    }
}
