package io.magicproxy.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A gateway before one upstream, at which each profile is a model of its own name. */
final class Scenery implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";
    static final String EMBEDDINGS = "/v1/embeddings";
    static final String SESSIONS = "/v1/react/sessions";

    /** An agent's pattern that asks a model once. */
    private static final String PATTERN =
            "export async function run(ctx) { return ctx.llm(ctx.query); }\n";

    final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final Path folder;
    private final List<String> profiles = new ArrayList<>();
    private @Nullable TestGateway gateway;

    Scenery(Path folder) {
        this.folder = folder;
        always(Scenery::answer);
    }

    /** Adds a profile; {@code more} are further keys, in flow style. */
    Scenery profile(String name, String more) {
        profiles.add(
                "  - {model_name: %s, provider: local, model_params: {model: %s, api_base: %s/v1, api_key: sk-of-the-test}%s}"
                        .formatted(name, name, upstream.url(), more.isEmpty() ? "" : ", " + more));
        return this;
    }

    Scenery profiles(String... names) {
        for (String name : names) {
            profile(name, "");
        }
        return this;
    }

    private String yaml(String settings) {
        return "model_list:\n"
                + String.join("\n", profiles)
                + "\nsandbox_settings: {isolation: in_process}\n"
                + settings;
    }

    /** Starts the gateway with these further sections. */
    Scenery with(String settings) throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("patterns")).resolve("once.js"), PATTERN);
        gateway = TestGateway.in(folder).config(yaml(settings)).start();
        return this;
    }

    /** Takes other sections while it runs. */
    void reload(String settings) throws Exception {
        Files.writeString(folder.resolve("proxy_config.yaml"), yaml(settings));
        assertThat(gateway().server().gateway().reload().applied()).isTrue();
    }

    TestGateway gateway() {
        return Objects.requireNonNull(gateway, "start it first");
    }

    void always(Function<ReceivedRequest, Reply> reply) {
        upstream.always(reply);
    }

    /** The model that a request at the upstream asks for. */
    static String model(ReceivedRequest request) {
        try {
            return Json.read(request.text()).path("model").asText();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** All models that were asked, in order. */
    List<String> asked() {
        return upstream.requests().stream().map(Scenery::model).toList();
    }

    /** A good answer of the kind that is asked for, which names its model. */
    static Reply answer(ReceivedRequest request) {
        String model = model(request);
        if (request.path().endsWith("/embeddings")) {
            return Reply.json(
                    200,
                    "{\"data\":[{\"index\":0,\"embedding\":[0.1,0.20]}],\"model\":\"%s\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}"
                            .formatted(model));
        }
        return request.text().contains("\"stream\":true")
                ? stream(model, "stop")
                : whole(model, "stop");
    }

    static Reply whole(String text, String finish) {
        return Reply.json(
                200,
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"%s\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1, \"x\":1.50}}"
                        .formatted(text, finish));
    }

    static Reply stream(String text, String finish) {
        return Reply.sse(
                "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}".formatted(text),
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"!\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}"
                        .formatted(finish),
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1, \"x\":1.50}}",
                "[DONE]");
    }

    /** An error of OpenAI's kind. */
    static Reply error(int status, String code) {
        return Reply.json(
                status,
                "{\"error\":{\"message\":\"said no\",\"type\":\"invalid_request_error\",\"code\":\"%s\"}}"
                        .formatted(code));
    }

    HttpResponse<String> chat(String model, String... headers) throws Exception {
        return gateway().post(CHAT, TestGateway.chat(model, ""), headers);
    }

    HttpResponse<String> stream(String model) throws Exception {
        return gateway().post(CHAT, TestGateway.streamed(model));
    }

    HttpResponse<String> embed(String model) throws Exception {
        return gateway().post(EMBEDDINGS, "{\"model\":\"" + model + "\",\"input\":\"hi\"}");
    }

    /** Runs an agent whose one call goes to the model. */
    JsonNode agent(String model) throws Exception {
        HttpResponse<String> response =
                gateway()
                        .post(
                                SESSIONS,
                                "{\"model_alias\":\"%s\",\"reasoning_mode\":\"once\",\"user_query\":\"hi\",\"stream\":false}"
                                        .formatted(model));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.read(response.body());
    }

    /** Waits until the scripts are loaded. */
    Scenery withPatterns() throws Exception {
        Waiting.until(() -> gateway().get("/admin/patterns/once").statusCode() == 200);
        return this;
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    static String served(HttpResponse<?> response) {
        assertThat(response.statusCode()).as(String.valueOf(response.body())).isEqualTo(200);
        return header(response, "x-magic-model");
    }

    @Override
    public void close() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }
}
