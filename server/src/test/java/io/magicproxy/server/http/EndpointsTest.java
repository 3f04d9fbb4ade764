package io.magicproxy.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointsTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, /v1/chat/completions",
        "/v1/models/a/b, /v1/models/{id}",
        "/v1/react/sessions, /v1/react/sessions",
        "/v1/react/sessions/, /v1/react/sessions/{id}",
        "/v1/react/sessions/s-1, /v1/react/sessions/{id}",
        "/v1/react/sessions/events, /v1/react/sessions/events",
        "/v1/react/sessions/s-1/events, /v1/react/sessions/{id}/events",
        "/v1/react/sessions/s-1/fork, /v1/react/sessions/{id}/fork",
        "/v1/react/sessions/s-1/whatever, /v1/react/sessions/{id}",
        "/v1/react/sessionsx, /v1/react/sessions",
        "/tools, /tools",
        "/tools/add, /tools/{name}",
        "/mcp, /mcp",
        "/admin/keys, /admin/keys",
        "/admin/keys/openai/abc, /admin/keys/{…}",
        "/admin/, /admin/{…}",
        "/admin/invented, /admin/{…}",
        "/v1/whatever/anybody/invents, /v1/{…}",
    })
    void a_spans_name_holds_nothing_that_varies(String path, String template) {
        assertThat(Endpoints.template(path)).isEqualTo(template);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models, true",
        "/tools/x, true",
        "/admin/config, true",
        "/admin/events, false",
        "/health/liveness, false",
        "/metrics, false",
        "/, false",
        "/assets/x.js, false",
    })
    void probes_and_files_make_no_spans(String path, boolean traced) {
        assertThat(Endpoints.traced(path)).isEqualTo(traced);
    }
}
