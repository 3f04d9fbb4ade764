package io.magicproxy.tool.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.Option;
import io.magicproxy.tool.power.GrantConfig;
import java.util.List;
import java.util.Optional;

/** One scenario as its file has it. Texts are {@link JsonNode}s, since they may have many lines. */
record ToolScenario(
        @Option("Names it in reports.") String name,
        @Option("What the tool is called with.") ObjectNode arguments,
        @Option("What env/<tool>.env would hold.") ObjectNode env,
        @Option("Files that it may find: paths and texts.") ObjectNode files,
        @Option("What it is granted, in place of all that its manifest asks for.")
                Optional<GrantConfig> grant,
        @Option(value = "When it is called.", standard = "2026-01-01T12:00:00Z") String clock,
        @Option("What is answered when it fetches, or asks an agent.") List<Call> calls,
        @Option("What must come of it.") Expected expect) {

    /** The file's root. */
    record File(@Option("The scenarios.") List<ToolScenario> scenarios) {}

    /** One of the two. */
    record Call(
            @Option("A request, and its answer.") Optional<Fetch> fetch,
            @Option("A question to an agent, and its answer.") Optional<Agent> agent) {
        String describe() {
            return fetch.map(Fetch::describe).or(() -> agent.map(Agent::describe)).orElse("");
        }
    }

    record Fetch(
            @Option("The address that must be fetched.") String url,
            @Option("The method that must be used.") Optional<String> method,
            @Option("Headers that must be sent, with their values.") ObjectNode headers,
            @Option("The body that must be sent: JSON, or a text.") JsonNode body,
            @Option("Texts that the body must hold.") JsonNode contains,
            @Option("What comes back.") Optional<Answer> answer,
            @Option("Why nothing comes back: a text, or {code, message}.") JsonNode error) {
        String describe() {
            return "fetch " + method.map(it -> it + " ").orElse("") + url;
        }
    }

    record Answer(
            @Option(value = "Its status.", standard = "200", min = 100) int status,
            @Option("Its headers.") ObjectNode headers,
            @Option("Its body: a text, or JSON.") JsonNode body) {}

    record Agent(
            @Option("The alias that must be asked.") String alias,
            @Option("Texts that the question must hold.") JsonNode contains,
            @Option("The agent's answer.") JsonNode answer,
            @Option("Why it fails: a text, or {code, message}.") JsonNode error) {
        String describe() {
            return "agent " + alias;
        }
    }

    record Expected(
            @Option("The whole result.") JsonNode result,
            @Option("Fields that the result must have, with their values; it may have more.")
                    ObjectNode resultFields,
            @Option("Texts that the result must hold.") JsonNode resultContains,
            @Option("The code of the error that ends the call.") Optional<String> errorCode,
            @Option("Texts that the error's message must hold.") JsonNode errorContains) {}
}
