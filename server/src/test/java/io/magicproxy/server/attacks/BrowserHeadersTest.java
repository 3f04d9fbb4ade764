package io.magicproxy.server.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An answer that somebody opens in a browser is nothing but what it is. */
class BrowserHeadersTest {
    private static final String KEY = "mk-the-master-key-of-the-test";

    @TempDir private Path folder;

    @Test
    void answers_run_nothing_are_framed_by_nobody_and_stay_in_no_cache() throws Exception {
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                "model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]\n"
                                        + "security_settings: {master_key: "
                                        + KEY
                                        + "}\n"
                                        + "sandbox_settings: {isolation: in_process}\n")
                        .start()) {
            for (String path :
                    List.of(
                            "/v1/models",
                            "/v1/react/sessions",
                            "/v1/nothing",
                            "/admin/config",
                            "/admin/keys",
                            "/admin/audit",
                            "/admin/whoami",
                            "/tools",
                            "/metrics",
                            "/health",
                            "/health/liveness")) {
                for (String key : List.of(KEY, "wrong")) {
                    HttpResponse<String> answer = gateway.get(path, "x-api-key", key);
                    assertThat(header(answer, "x-content-type-options"))
                            .as(path)
                            .isEqualTo("nosniff");
                    assertThat(header(answer, "content-security-policy"))
                            .as(path)
                            .isEqualTo("default-src 'none'; frame-ancestors 'none'");
                    assertThat(header(answer, "x-frame-options")).as(path).isEqualTo("DENY");
                    assertThat(header(answer, "referrer-policy")).as(path).isEqualTo("no-referrer");
                    assertThat(header(answer, "cache-control")).as(path).isEqualTo("no-store");
                }
            }
            HttpResponse<String> chat =
                    gateway.post(
                            "/v1/chat/completions", TestGateway.chat("sim", ""), "x-api-key", KEY);
            assertThat(header(chat, "x-content-type-options")).isEqualTo("nosniff");
            // Over plain HTTP browsers ignore it, and what is in front knows whether there is TLS.
            assertThat(chat.headers().firstValue("strict-transport-security")).isEmpty();
            HttpResponse<String> page = gateway.get("/");
            assertThat(header(page, "content-security-policy")).contains("frame-ancestors 'none'");
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        assertThat(answer.headers().allValues(name)).as(name).hasSize(1);
        return answer.headers().firstValue(name).orElseThrow();
    }
}
