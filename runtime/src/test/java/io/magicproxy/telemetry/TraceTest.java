package io.magicproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static Trace from(Map<String, String> named) {
        return Trace.from(name -> Optional.ofNullable(named.get(name)));
    }

    @Test
    void a_place_in_a_trace_comes_back_from_its_text() {
        assertThat(from(Map.of("traceparent", PARENT)).text()).contains(PARENT);
        String text =
                from(Map.of("traceparent", PARENT, "tracestate", "a=1, b=2")).text().orElseThrow();
        assertThat(text).isEqualTo(PARENT + " a=1,b=2");
        Trace back = Trace.of(Optional.of(text));
        assertThat(back.text()).contains(text);
        assertThat(back.traceId()).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(back.spanId()).contains("b7ad6b7169203331");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c\r\nX: y-b7ad6b7169203331-01",
            })
    void what_is_no_traceparent_is_taken_for_none(String nonsense) {
        assertThat(from(Map.of("traceparent", nonsense)).known()).isFalse();
        assertThat(Trace.of(Optional.of(nonsense)).text()).isEmpty();
    }

    @Test
    void a_thread_is_where_it_has_entered_until_it_leaves() {
        assertThat(Trace.here().known()).isFalse();
        try (var _ = from(Map.of("traceparent", PARENT)).enter()) {
            assertThat(Trace.here().text()).contains(PARENT);
            try (var _ = Trace.nowhere().enter()) {
                assertThat(Trace.here().known()).isFalse();
            }
            assertThat(Trace.here().known()).isTrue();
        }
        assertThat(Trace.here().known()).isFalse();
    }

    @Test
    void nothing_goes_out_without_a_span_of_ours() {
        try (var _ = from(Map.of("traceparent", PARENT)).enter()) {
            assertThat(Trace.here().outgoing()).isEmpty();
        }
    }

    @Test
    void without_a_collector_a_session_is_known_all_the_same() {
        var call = new AgentCall("a", "s-1", "r", "p", 1);
        try (var _ = Spans.off().agent(Trace.nowhere(), call)) {
            assertThat(Trace.here().session()).contains("s-1");
            assertThat(Trace.here().known()).isFalse();
        }
        assertThat(Trace.here().session()).isEmpty();
    }
}
