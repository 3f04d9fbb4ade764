package io.magicproxy.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestScannerTest {
    private static final String REQUEST =
            """
            { "model" : "fast", "messages":[{"role":"user","content":"Grüße, \\"you\\" 🌍"}],
              "temperature": 0.70, "seed": 12345678901234567890, "x_new": {"a":[1.0e-5, null]}, "stream":true }
            """;

    private final RequestScanner scanner = new RequestScanner(64);

    @Test
    void an_edit_changes_the_named_members_and_keeps_the_bytes_of_all_others() throws Exception {
        String edited = edit(REQUEST, body -> body.set("model", "\"gpt-5.1\"".getBytes(UTF_8)));

        assertThat(edited)
                .isEqualTo(
                        "{\"model\":\"gpt-5.1\",\"messages\":[{\"role\":\"user\",\"content\":\"Grüße, \\\"you\\\" 🌍\"}],"
                                + "\"temperature\":0.70,\"seed\":12345678901234567890,"
                                + "\"x_new\":{\"a\":[1.0e-5, null]},\"stream\":true}");
    }

    @Test
    void members_can_be_renamed_removed_and_added_if_absent() throws Exception {
        String edited =
                edit(
                        "{\"max_completion_tokens\":5,\"a\":1,\"b\":2}",
                        body ->
                                body.rename("max_completion_tokens", "max_tokens")
                                        .remove("a")
                                        .setIfAbsent("b", new byte[] {'9'})
                                        .setIfAbsent("ключ\"", new byte[] {'3'}));

        assertThat(edited).isEqualTo("{\"max_tokens\":5,\"b\":2,\"ключ\\\"\":3}");
        assertThat(edit("{\"a\":1}", body -> body.remove("a"))).isEqualTo("{}");
        assertThat(edit("{\"a\":1,\"b\":2}", body -> body.rename("a", "b"))).isEqualTo("{\"b\":2}");
    }

    @Test
    void the_fields_that_routing_needs_are_read() throws Exception {
        RequestBody body = scanner.scan(REQUEST.getBytes(UTF_8));

        assertThat(body.model()).isEqualTo("fast");
        assertThat(body.stream()).isTrue();
        assertThat(body.includeUsage()).isFalse();
        assertThat(body.isArray("messages")).isTrue();
        assertThat(body.has("nothing")).isFalse();
        assertThat(
                        scanner.scan(
                                        "{\"stream_options\":{\"include_usage\":true}}"
                                                .getBytes(UTF_8))
                                .includeUsage())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"x\"",
                "{",
                "{\"model\":\"a\"",
                "{\"a\":1}{",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{\"a\":01}"
            })
    void malformed_text_is_refused_with_a_reason(String text) {
        assertThatThrownBy(() -> scanner.scan(text.getBytes(UTF_8)))
                .isInstanceOf(MalformedRequestException.class)
                .message()
                .isNotBlank()
                .doesNotContain("com.fasterxml");
    }

    @Test
    void a_syntax_error_names_its_line_and_column() {
        assertThatThrownBy(() -> scanner.scan("{\"a\":1,\n  \"b\" 2}".getBytes(UTF_8)))
                .hasMessageContaining("line 2, column 7");
    }

    @Test
    void a_depth_bomb_is_refused() {
        String bomb = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> scanner.scan(bomb.getBytes(UTF_8)))
                .isInstanceOf(MalformedRequestException.class)
                .hasMessageContaining("64");
    }

    @Test
    void invalid_utf8_is_refused() {
        byte[] text = "{\"model\":\"a?\"}".getBytes(UTF_8);
        text[11] = (byte) 0xFF;

        assertThatThrownBy(() -> scanner.scan(text)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void a_missing_or_mistyped_field_is_named() throws Exception {
        RequestBody body = scanner.scan("{\"model\":7,\"stream\":\"yes\"}".getBytes(UTF_8));

        assertThatThrownBy(body::model).hasMessageStartingWith("model must be a string");
        assertThatThrownBy(body::stream).hasMessage("stream must be true or false");
    }

    /**
     * A fixed budget of damaged requests: each is refused cleanly, or read and written again as the
     * same tree.
     */
    @Test
    void fuzzed_requests_are_refused_or_survive_an_edit_unchanged() throws Exception {
        Random random = new Random(42);
        int survived = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] text = damage(REQUEST.getBytes(UTF_8), random);
            RequestBody body;
            ObjectNode tree;
            try {
                body = scanner.scan(text);
                tree = body.json();
            } catch (MalformedRequestException refused) {
                continue;
            }
            assertThat(Json.read(body.edit().toBytes())).isEqualTo(tree);
            survived++;
        }
        assertThat(survived).isGreaterThan(1_000);
    }

    private static byte[] damage(byte[] text, Random random) {
        byte[] damaged = text.clone();
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] = (byte) "{}[]\",:\\ 0eE.-".charAt(random.nextInt(14));
                case 2 -> damaged = Arrays.copyOf(damaged, at + 1);
                default -> damaged[at] = damaged[random.nextInt(damaged.length)];
            }
        }
        return damaged;
    }

    private String edit(String json, Consumer<BodyEdit> change) throws Exception {
        BodyEdit edit = scanner.scan(json.getBytes(UTF_8)).edit();
        change.accept(edit);
        return new String(edit.toBytes(), UTF_8);
    }
}
