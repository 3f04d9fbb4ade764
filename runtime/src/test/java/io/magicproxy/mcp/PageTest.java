package io.magicproxy.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.modelcontextprotocol.spec.McpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    private static final List<Integer> LONG = IntStream.range(0, 1200).boxed().toList();

    @Test
    void a_long_list_comes_in_parts() {
        List<Integer> all = new ArrayList<>();
        Page<Integer> page = Page.of(LONG, MissingNode.getInstance());
        int parts = 1;
        for (Optional<String> next = page.next(); next.isPresent(); next = page.next()) {
            all.addAll(page.items());
            page = Page.of(LONG, cursor(next.get()));
            parts++;
        }
        all.addAll(page.items());

        assertThat(all).isEqualTo(LONG);
        assertThat(parts).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "LTE=", "OTk5OTk=", "!!"})
    void a_cursor_of_another_list_is_refused(String cursor) {
        assertThatThrownBy(() -> Page.of(LONG, cursor(cursor)))
                .isInstanceOf(McpError.class)
                .hasMessageContaining("cursor");
    }

    private static JsonNode cursor(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }
}
