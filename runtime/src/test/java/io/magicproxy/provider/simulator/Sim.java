package io.magicproxy.provider.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A simulator's profile that is in no hurry but fast, and what tests ask of it. */
final class Sim {
    /** As fast as the machine can; tests of the pace say otherwise. */
    static final String FAST = "{\"tokens_per_second\":1000000}";

    final SimulatorFaults live = new SimulatorFaults();
    final Cancellation cancellation = new Cancellation();
    private final ProviderAdapter adapter;
    private Duration timeout = Duration.ofSeconds(60);

    Sim() throws Exception {
        this(FAST);
    }

    /**
     * @param faults as JSON
     */
    Sim(String faults) throws Exception {
        this.adapter = adapter("sim", live, faults);
    }

    static ProviderAdapter adapter(String profile, SimulatorFaults live, String faults)
            throws Exception {
        ObjectNode defaults = Json.object().set("faults", Json.read(faults));
        ProviderTarget target =
                new ProviderTarget(
                        profile,
                        "chat",
                        URI.create("simulator:in-process"),
                        Optional.empty(),
                        defaults);
        return new SimulatorAdapter(target, () -> Instant.EPOCH, live);
    }

    Sim timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    CallContext call() {
        return new CallContext(
                Optional.empty(), cancellation, new Timeouts(timeout, timeout, timeout));
    }

    /** The answer to a request with these messages and fields. */
    JsonNode chat(String messages, String more) throws Exception {
        return Json.read(adapter.chat(request(messages, more), call()).body());
    }

    JsonNode message(String messages, String more) throws Exception {
        return chat(messages, more).path("choices").path(0).path("message");
    }

    String text(String messages) throws Exception {
        return message(messages, "").path("content").asText();
    }

    /** The arguments of the one tool call, with its name as "tool". */
    ObjectNode toolCall(String question, String more) throws Exception {
        JsonNode calls = message(user(question), more).path("tool_calls");
        if (calls.size() != 1) {
            throw new AssertionError("not one call: " + calls);
        }
        JsonNode function = calls.path(0).path("function");
        ObjectNode arguments = (ObjectNode) Json.read(function.path("arguments").asText());
        return Json.object().put("tool", function.path("name").asText()).setAll(arguments);
    }

    List<JsonNode> stream(String messages, String more) throws Exception {
        List<JsonNode> chunks = new ArrayList<>();
        try (ChatStream stream =
                adapter.stream(request(messages, ",\"stream\":true" + more), call())) {
            read(stream, chunks);
        }
        return chunks;
    }

    /** How a stream that breaks off does, and what came before. */
    ProviderFailure broken(String messages, List<JsonNode> chunks) throws Exception {
        ChatStream stream = adapter.stream(request(messages, ",\"stream\":true"), call());
        return catchThrowableOfType(ProviderException.class, () -> read(stream, chunks)).failure();
    }

    private static void read(ChatStream stream, List<JsonNode> chunks) throws Exception {
        for (var f = stream.next(); f.isPresent(); f = stream.next()) {
            String text = new String(f.get().buffer(), f.get().offset(), f.get().length(), UTF_8);
            for (String event : text.split("\n\n", -1)) {
                if (!event.isEmpty()) {
                    chunks.add(Json.read(event.substring("data: ".length())));
                }
            }
        }
    }

    /** The next call's failure, if it fails. */
    Optional<ProviderFailure> failure() throws Exception {
        RequestBody request = request(user("hi"), "");
        try {
            adapter.chat(request, call());
            return Optional.empty();
        } catch (ProviderException e) {
            return Optional.of(e.failure());
        }
    }

    static RequestBody request(String messages, String more) throws Exception {
        return new RequestScanner(64)
                .scan(("{\"model\":\"a\",\"messages\":" + messages + more + "}").getBytes(UTF_8));
    }

    static String user(String text) {
        return messages("user", text);
    }

    /** Messages of role and text, by turns. */
    static String messages(String... rolesAndTexts) {
        var all = Json.object().arrayNode();
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            all.addObject().put("role", rolesAndTexts[i]).put("content", rolesAndTexts[i + 1]);
        }
        return Json.text(all);
    }
}
