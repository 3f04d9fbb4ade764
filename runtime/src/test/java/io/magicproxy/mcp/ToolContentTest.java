package io.magicproxy.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolContentTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '|',
            value = {
                "\"words\"; words; false",
                "{\"a\":1.50}; {\"a\":1.50}; true",
                "[1,2]; [1,2]; false",
                "7; 7; false",
                "null; null; false",
                // Not of the protocol: a field of its own, no blocks, a type of its own.
                "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"more\":1}; {\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"more\":1}; true",
                "{\"content\":[]}; {\"content\":[]}; true",
                "{\"content\":\"x\"}; {\"content\":\"x\"}; true",
                "{\"content\":[{\"type\":\"poem\"}]}; {\"content\":[{\"type\":\"poem\"}]}; true"
            })
    void a_value_is_text_and_an_object_data_too(String value, String text, boolean data)
            throws Exception {
        ObjectNode result = ToolContent.of(new ToolResult.Ok(Json.read(value)));

        assertThat(result.at("/content/0/text").asText()).isEqualTo(text);
        assertThat(result.has("structuredContent")).isEqualTo(data);
        assertThat(result.has("isError")).isFalse();
    }

    @Test
    void content_of_the_protocol_goes_through_as_it_is() throws Exception {
        String content =
                """
                {"content":[{"type":"text","text":"x","annotations":{"priority":1}},{"type":"image","data":"AA==","mimeType":"image/png"},\
                {"type":"resource_link","uri":"a:b","name":"b"},{"type":"resource","resource":{"uri":"a:c","blob":"AA=="}}],\
                "structuredContent":{"a":1},"isError":true,"_meta":{"k":"v"}}\
                """;

        assertThat(Json.text(ToolContent.of(new ToolResult.Ok(Json.read(content)))))
                .isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '|',
            value = {
                "{\"type\":\"text\"}; content[0] needs \"text\"",
                "{\"type\":\"image\",\"data\":\"x\"}; content[0] needs \"mimeType\"",
                "{\"type\":\"resource\"}; content[0].resource needs \"uri\"",
                "{\"type\":\"resource_link\",\"uri\":\"x\"}; content[0] needs \"name\""
            })
    void flawed_content_is_an_error_that_names_the_flaw(String block, String flaw)
            throws Exception {
        ObjectNode result =
                ToolContent.of(new ToolResult.Ok(Json.read("{\"content\":[" + block + "]}")));

        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(result.at("/content/0/text").asText()).contains(flaw);
    }

    @Test
    void a_failure_is_an_error_with_its_code() {
        ObjectNode failed = ToolContent.of(new ToolResult.Failed("busy", "try again later"));
        assertThat(failed.path("isError").asBoolean()).isTrue();
        assertThat(failed.at("/content/0/text").asText()).isEqualTo("busy: try again later");
        ObjectNode late = ToolContent.of(new ToolResult.TimedOut(Duration.ofSeconds(9)));
        assertThat(late.path("isError").asBoolean()).isTrue();
        assertThat(late.at("/content/0/text").asText()).contains("9 s");
    }
}
