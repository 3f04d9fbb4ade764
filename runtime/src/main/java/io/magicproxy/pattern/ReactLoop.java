package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The built-in loop: think, act, observe, until there is an answer. Used for one run. */
final class ReactLoop {
    private static final String GO_ON = "The stage is done. Go on with the next one.";
    private static final String LAST_TURN =
            "This was your last but one step. Use no more tools: write your %s now, from what you know.";
    private static final String REPEATED =
            "You did exactly this before, and the result was the same. Do something else, or write your %s.";
    private static final int MAX_REPEATS = 3;

    private final PatternCalls calls;
    private final PatternInput input;
    private final PromptBuilder prompt;
    private final CallPath path;
    private final Set<String> tags;
    private final ArrayNode messages;
    private final AnswerForm form;
    private final Shown shown;
    private int call;
    private int sayings;
    private int turn;
    private int repeats;
    private int repeatedIn;
    private String lastAction = "";
    private String draft = "";

    /**
     * @param shown what watchers see of it
     */
    ReactLoop(
            PatternCalls calls,
            PromptStructure structure,
            PatternInput input,
            CallPath path,
            Shown shown) {
        this.calls = calls;
        this.form = new AnswerForm(input.finalOptions());
        this.shown = shown;
        this.input = input;
        this.path = path;
        this.prompt = new PromptBuilder(structure, input);
        this.tags = tags(structure, input);
        this.messages = prompt.messages();
    }

    /** The instructions for tools speak of tags, too. */
    private static Set<String> tags(PromptStructure structure, PatternInput input) {
        boolean tools = !input.tools().isEmpty() && structure.asksFor("tool_instructions");
        Set<String> tags = new LinkedHashSet<>(structure.answerTags());
        if (!tags.isEmpty() || tools) {
            tags.addAll(structure.sectionTags());
            tags.add(TagParser.ACTION);
            tags.add(TagParser.FINAL_ANSWER);
            tags.add("THOUGHT");
            tags.add("DRAFT");
        }
        return tags;
    }

    /** Runs to the answer. */
    PatternAnswer run() throws CallFailed {
        for (turn = 1; turn <= input.maxSteps(); turn++) {
            say(new Saying.Step("Step " + turn));
            ModelAnswer answer = ask(turn == input.maxSteps());
            Turn read = Turn.of(tags, toolNames(), form.maxChars(), answer.text());
            read.draft().ifPresent(text -> draft = text);
            Optional<String> done =
                    turn == input.maxSteps() ? last(answer, read) : next(answer, read);
            if (done.isPresent()) {
                return PatternAnswer.of(done.get(), read.cut() ? "length" : answer.finish());
            }
            if (turn == input.maxSteps() - 1) {
                user(told(LAST_TURN));
            }
        }
        throw CallFailed.of(
                "max_steps",
                "no answer after "
                        + input.maxSteps()
                        + " steps; raise max_steps, or make the pattern's stages fewer");
    }

    private ModelAnswer ask(boolean last) throws CallFailed {
        ObjectNode options = input.options().deepCopy();
        if (tags.isEmpty() && !last && !input.tools().isEmpty()) {
            options.set("tools", nativeTools());
        }
        options.setAll(
                answersOnly() ? form.all() : tags.isEmpty() ? form.untagged() : form.sampling());
        return calls.model(
                nextPath(),
                new ModelQuestion(input.alias(), withContext(), options, "Step"),
                this::watch);
    }

    /** Whether each text is the answer, and nothing else. */
    private boolean answersOnly() {
        return tags.isEmpty() && input.tools().isEmpty();
    }

    private ModelWatcher.Attempt watch(Consumer<Saying> watchers) {
        Consumer<Saying> out = saying -> shown.saying(inForm(saying)).ifPresent(watchers);
        // Whether a text without tags is an answer, or leads to tool calls, shows at its end.
        boolean later = tags.isEmpty() && !input.tools().isEmpty();
        Turn turn = new Turn(tags, toolNames(), form.maxChars(), later ? saying -> {} : out);
        return new ModelWatcher.Attempt() {
            @Override
            public void reasoning(String text) {
                out.accept(new Saying.Thought(text));
            }

            @Override
            public boolean text(String text) {
                return turn.feed(text);
            }

            @Override
            public void end() {
                turn.end();
            }
        };
    }

    /** What is to be written again in another form isn't the answer yet. */
    private Saying inForm(Saying saying) {
        return saying instanceof Saying.Answer(String text) && form.structured() && !answersOnly()
                ? new Saying.Thought(text)
                : saying;
    }

    /** Nobody would see what an action gives now: none is made. */
    private static Optional<String> last(ModelAnswer answer, Turn turn) {
        boolean acts = !answer.toolCalls().isEmpty() || turn.action().isPresent();
        return acts ? Optional.empty() : turn.answer().or(turn::between);
    }

    /** Does what the model wants; its answer, if it has one. */
    private Optional<String> next(ModelAnswer answer, Turn turn) throws CallFailed {
        if (!answer.toolCalls().isEmpty()) {
            if (tags.isEmpty() && !answer.text().isBlank()) {
                say(new Saying.Thought(answer.text()));
            }
            messages.add(answer.message());
            for (JsonNode one : answer.toolCalls()) {
                String observation = observe(nativeAction(one));
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", one.path("id").asText())
                        .put("content", observation);
            }
            return Optional.empty();
        }
        if (turn.action().isPresent()) {
            ActionReader.Action action = ActionReader.action(turn.action().get());
            assistant(answer, turn.counted());
            if (action instanceof ActionReader.Action.Empty) {
                say(new Saying.Pause());
                user(GO_ON);
            } else {
                user("<OBSERVATION>\n" + observe(action) + "\n</OBSERVATION>");
            }
            return Optional.empty();
        }
        if (turn.answer().isPresent()) {
            return turn.answer();
        }
        messages.add(answer.message());
        user(
                answer.text().isBlank()
                        ? "Your answer was empty. Go on."
                        : "Go on: act with <ACTION>, or write your <FINAL_ANSWER>.");
        return Optional.empty();
    }

    private String observe(ActionReader.Action action) throws CallFailed {
        return switch (action) {
            case ActionReader.Action.Empty _ -> "The call named no tool.";
            case ActionReader.Action.Unreadable unreadable -> "Error: " + unreadable.message();
            case ActionReader.Action.Call call -> observe(call);
        };
    }

    private String observe(ActionReader.Action.Call action) throws CallFailed {
        String key = action.tool() + Json.text(action.arguments());
        boolean again = key.equals(lastAction);
        if (again && repeatedIn == turn) {
            // The same turn: the model hasn't seen the hint yet.
            return told(REPEATED);
        }
        repeats = again ? repeats + 1 : 1;
        repeatedIn = turn;
        lastAction = key;
        if (repeats >= MAX_REPEATS) {
            throw CallFailed.of(
                    "repeated_action",
                    "the model called "
                            + action.tool()
                            + " with the same arguments "
                            + repeats
                            + " times in a row");
        }
        if (repeats > 1) {
            return told(REPEATED);
        }
        try {
            JsonNode result = calls.tool(nextPath(), action.tool(), action.arguments());
            return result.isTextual() ? result.asText() : Json.text(result);
        } catch (CallFailed e) {
            if (e.ended()) {
                throw e;
            }
            return "Error: " + e.text();
        }
    }

    private static ActionReader.Action nativeAction(JsonNode call) {
        JsonNode function = call.path("function");
        return ActionReader.arguments(function.path("name").asText(), function.path("arguments"));
    }

    private Set<String> toolNames() {
        return input.tools().stream().map(ToolInfo::name).collect(Collectors.toSet());
    }

    private ArrayNode nativeTools() {
        ArrayNode tools = Json.object().arrayNode();
        for (ToolInfo tool : input.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name()).put("description", tool.description());
            function.set("parameters", tool.parameters());
        }
        return tools;
    }

    /**
     * With what changes from turn to turn before the last words: models, above all small ones, go
     * on with what they read last, and that shall be the question.
     */
    private ArrayNode withContext() {
        ArrayNode all = messages.deepCopy();
        String context = prompt.context(draft);
        if (!context.isBlank()) {
            PromptBuilder.precede(all, context);
        }
        return all;
    }

    /** Without what the model made up after its action. */
    private void assistant(ModelAnswer answer, int counted) {
        messages.add(
                answer.message().deepCopy().put("content", answer.text().substring(0, counted)));
    }

    /** A pattern that asks for no tags mustn't be told of one. */
    private String told(String text) {
        return text.formatted(tags.isEmpty() ? "answer" : "<FINAL_ANSWER>");
    }

    private void user(String text) {
        messages.addObject().put("role", "user").put("content", text);
    }

    private void say(Saying saying) throws CallFailed {
        int n = ++sayings;
        Optional<Saying> told = shown.saying(saying);
        if (told.isPresent()) {
            calls.say(path, n, told.get());
        }
    }

    private CallPath nextPath() {
        return path.text().isEmpty() ? new CallPath(String.valueOf(++call)) : path.child(++call);
    }
}
