package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.Option;
import java.util.List;
import java.util.Optional;

/** One scenario as its file has it. Texts are {@link JsonNode}s, since they may have many lines. */
record Scenario(
        @Option("Names it in reports.") String name,
        @Option("What the run begins with.") Input input,
        @Option("The tools that the pattern sees.") List<Tool> tools,
        @Option("The results of its calls, in the order in which it makes them.") List<Call> calls,
        @Option("What must come of it.") Expected expect) {

    /** The file's root. */
    record File(@Option("The scenarios.") List<Scenario> scenarios) {}

    record Input(
            @Option("The question.") JsonNode query,
            @Option("The pattern's parameters.") ObjectNode params,
            @Option("Earlier messages: a list of {role, content}.") JsonNode history,
            @Option(value = "The models' alias.", standard = "main") String alias,
            @Option("The server's instructions.") JsonNode system,
            @Option(value = "The most turns of the built-in loop.", standard = "12", min = 1)
                    int maxSteps,
            @Option(value = "Of everything random.", standard = "1") int seed) {}

    record Tool(
            @Option("Its name.") String name,
            @Option("What it does.") JsonNode description,
            @Option("JSON Schema.") ObjectNode parameters) {}

    /** One of the three. */
    record Call(
            @Option("A model's answer.") Optional<ModelCall> model,
            @Option("A tool's result.") Optional<ToolCall> tool,
            @Option("A nested agent's answer.") Optional<AgentCall> agent) {
        String describe() {
            return model.map(ModelCall::describe)
                    .or(() -> tool.map(ToolCall::describe))
                    .or(() -> agent.map(AgentCall::describe))
                    .orElse("nothing");
        }
    }

    record ModelCall(
            @Option("The alias that must be asked.") Optional<String> alias,
            @Option("Texts that the messages must hold.") JsonNode contains,
            @Option("What the model answers.") JsonNode text,
            @Option("The whole message instead, with tool_calls.") JsonNode message,
            @Option("Its reasoning, told before the text.") JsonNode reasoning,
            @Option("Why the call fails: a text, or {code, message}.") JsonNode error) {
        String describe() {
            return "model"
                    + (contains.isContainerNode() && contains.isEmpty()
                            ? ""
                            : " (contains " + contains + ")");
        }
    }

    record ToolCall(
            @Option("The tool that must be called.") String name,
            @Option("The arguments that it must be called with.") Optional<ObjectNode> arguments,
            @Option("Its result.") JsonNode result,
            @Option("Why it fails: a text, or {code, message}.") JsonNode error) {
        String describe() {
            return "tool " + name + arguments.map(a -> " " + a).orElse("");
        }
    }

    record AgentCall(
            @Option("The agent that must be asked.") String alias,
            @Option("Texts that its query must hold.") JsonNode contains,
            @Option("Its answer.") JsonNode answer,
            @Option("Why it fails: a text, or {code, message}.") JsonNode error) {
        String describe() {
            return "agent " + alias;
        }
    }

    record Expected(
            @Option("The titles of all steps, in order.") JsonNode steps,
            @Option("Texts that the thoughts must hold.") JsonNode thoughtsContain,
            @Option("Names of all events that it emits, in order.") JsonNode emits,
            @Option("The whole answer.") JsonNode answer,
            @Option("Texts that the answer must hold.") JsonNode answerContains,
            @Option("The code of the error that ends it.") Optional<String> errorCode) {}
}
