package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The vendors' own SDKs talk to the gateway, and a third party's mock of the vendors' APIs answers
 * behind it. Needs node and python3; CI has them, elsewhere the tests are skipped without them.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SdkTest {
    private static final String MASTER = "mk-for-the-sdk-tests";

    /** Debian's python3 makes virtual environments with pip only if python3-venv is installed. */
    static final String MAKE_VENV =
            """
            if python3 -m venv venv; then
              venv/bin/pip install --quiet -r requirements.txt
            else
              rm -rf venv
              python3 -m venv --without-pip venv
              python3 -m pip --python venv/bin/python install --quiet -r requirements.txt
            fi
            """;

    private static final String HALF =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}";

    /** An agent's pattern. */
    private static final String THINKS =
            """
            export async function run(ctx) {
              if (ctx.query === 'fail') throw new Error('as asked');
              ctx.thought(`I think of ${ctx.query}.`);
              ctx.step('Answer');
              return `${(await ctx.llm(ctx.query, {stream: false})).length > 0}: the answer to ${ctx.query}`;
            }
            """;

    private final ScriptedUpstream odd = ScriptedUpstream.start();
    private @Nullable Process mock;
    private @Nullable TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        SdkFolder.assumeThere("node", "npm", "python3");
        Path node =
                SdkFolder.install(
                        "node",
                        "package-lock.json",
                        List.of("npm", "ci", "--no-audit", "--no-fund"));
        mock =
                new ProcessBuilder("node", "aimock.mjs")
                        .directory(node.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String url = new BufferedReader(mock.inputReader()).readLine();
        odd.always(SdkTest::odd);
        Files.writeString(
                Files.createDirectories(folder.resolve("patterns")).resolve("thinks.js"), THINKS);
        gateway = TestGateway.in(folder).config(yaml(url, odd.url())).start();
    }

    @AfterAll
    void stop() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
        if (mock != null) {
            mock.getOutputStream().close();
            mock.destroy();
        }
        odd.close();
    }

    @Test
    void the_npm_sdk_of_openai() throws Exception {
        int failed = failedRuns();
        String said =
                SdkFolder.run(
                        SdkFolder.of("node"),
                        "node",
                        "openai.mjs",
                        base(),
                        MASTER,
                        "gpt",
                        "gemini",
                        "claude");

        assertThat(said).contains(" passed, 0 failed");
        assertThat(failedRuns()).as("a failed run isn't run again").isEqualTo(failed + 1);
        for (ReceivedRequest request : odd.requests()) {
            if (request.text().contains("\"hanging\"") || request.text().contains("\"endless\"")) {
                assertThat(request.closed()).succeedsWithin(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void the_pypi_sdk_of_openai() throws Exception {
        int failed = failedRuns();
        Path python =
                SdkFolder.install("python", "requirements.txt", List.of("sh", "-c", MAKE_VENV));

        assertThat(
                        SdkFolder.run(
                                python,
                                "venv/bin/python",
                                "openai_sdk.py",
                                base(),
                                MASTER,
                                "gpt",
                                "gemini",
                                "claude"))
                .contains(" passed, 0 failed");
        assertThat(failedRuns()).as("a failed run isn't run again").isEqualTo(failed + 1);
    }

    /** How many runs of the agent have failed. */
    private int failedRuns() throws Exception {
        String path = "/v1/react/sessions?state=failed";
        return Json.read(
                        Objects.requireNonNull(gateway)
                                .get(path, "Authorization", "Bearer " + MASTER)
                                .body())
                .path("data")
                .size();
    }

    private String base() {
        return Objects.requireNonNull(gateway).uri("/v1").toString();
    }

    private static String yaml(String mock, String odd) {
        return """
        model_list:
          - {model_name: gpt, provider: openai, model_params: {model: gpt-4o, api_base: %1$s/v1, api_key: mock-key-of-the-test}}
          - {model_name: gemini, provider: google, model_params: {model: gemini-2.0-flash, api_base: %1$s/v1beta, api_key: mock-key-of-the-test}}
          - {model_name: claude, provider: anthropic, model_params: {model: claude-sonnet-4-5, api_base: %1$s, api_key: mock-key-of-the-test}}
          - {model_name: vectors, provider: openai, model_params: {model: text-embedding-3-small, api_base: %1$s/v1, api_key: mock-key-of-the-test}, model_info: {mode: embedding}}
          - {model_name: packed, provider: simulator, model_params: {model: embedding}, model_info: {mode: embedding}}
          - {model_name: agent, provider: simulator, model_params: {model: chat, agent_settings: {reasoning_mode: thinks}}}
          - {model_name: limited, provider: openai, model_params: {model: limited, api_base: %2$s, api_key: odd-key-1-of-the-test}}
          - {model_name: broken, provider: openai, model_params: {model: broken, api_base: %2$s, api_key: odd-key-2-of-the-test}}
          - {model_name: extras, provider: openai, model_params: {model: extras, api_base: %2$s, api_key: odd-key-3-of-the-test}}
          - {model_name: hanging, provider: openai, model_params: {model: hanging, api_base: %2$s, api_key: odd-key-4-of-the-test}}
          - {model_name: endless, provider: openai, model_params: {model: endless, api_base: %2$s, api_key: odd-key-5-of-the-test}}
        sandbox_settings: {isolation: in_process}
        key_management_settings: {enable_quarantine: false}
        security_settings: {master_key: %3$s}
        """
                .formatted(mock, odd, MASTER);
    }

    /** What the mock can't do. */
    private static Reply odd(ReceivedRequest request) {
        String body = request.text();
        if (body.contains("\"limited\"")) {
            return Reply.json(429, "{\"error\":{\"message\":\"slow down\"}}", "Retry-After", "9");
        } else if (body.contains("\"broken\"")) {
            return Reply.sse(HALF, "{\"error\":{\"message\":\"boom\",\"code\":500}}");
        } else if (body.contains("\"hanging\"")) {
            return Reply.hang();
        } else if (body.contains("\"endless\"")) {
            return Reply.sse(HALF, HALF).hangAfter(2);
        }
        return Reply.json(
                200,
                "{\"id\":\"1\",\"object\":\"chat.completion\",\"x_vendor\":{\"deep\":1.5},\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_content\":\"hm\"}}]}");
    }
}
