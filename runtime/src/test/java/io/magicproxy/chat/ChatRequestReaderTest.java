package io.magicproxy.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestReaderTest {
    @Test
    void every_kind_of_message_and_part_is_read_and_unknown_fields_are_kept() throws Exception {
        ChatRequest request =
                read(
                        """
                        {"model":"m","temperature":0.10,"x_new":[1],"reasoning_effort":"low","messages":[
                          {"role":"developer","content":"be brief","name":"boss"},
                          {"role":"user","content":[
                            {"type":"text","text":"look","cache_control":{"type":"ephemeral"}},
                            {"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
                            {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},
                            {"type":"file","file":{"file_data":"data:application/pdf;base64,AA==","filename":"a.pdf"}},
                            {"type":"video_url","video_url":{"url":"x"}}]},
                          {"role":"assistant","content":null,"reasoning_content":"hm",
                           "thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}],
                           "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},
                                          "extra_content":{"google":{"thought_signature":"sig"}}}]},
                          {"role":"tool","tool_call_id":"c1","content":"42"}]}
                        """);

        assertThat(request.sampling().temperature().orElseThrow()).hasToString("0.10");
        assertThat(request.rest().properties())
                .extracting(e -> e.getKey())
                .containsExactly("x_new", "reasoning_effort");
        assertThat(request.messages()).hasSize(4);
        assertThat(request.messages().get(0)).isInstanceOf(Message.Instruction.class);
        Message.User user = (Message.User) request.messages().get(1);
        assertThat(user.content())
                .extracting(part -> part.getClass().getSimpleName())
                .containsExactly("Text", "Image", "Audio", "Document", "Unknown");
        assertThat(
                        ((ContentPart.Text) user.content().get(0))
                                .rest()
                                .path("cache_control")
                                .path("type")
                                .asText())
                .isEqualTo("ephemeral");
        Message.Assistant assistant = (Message.Assistant) request.messages().get(2);
        assertThat(assistant.reasoning()).contains("hm");
        assertThat(assistant.thinkingBlocks()).hasSize(1);
        assertThat(assistant.toolCalls().getFirst().rest().has("extra_content")).isTrue();
        assertThat(((Message.ToolResult) request.messages().get(3)).toolCallId()).isEqualTo("c1");
    }

    @Test
    void the_profiles_defaults_fill_what_the_caller_leaves_out() throws Exception {
        ObjectNode defaults = Json.object().put("temperature", 1).put("max_tokens", 9);
        ChatRequest request =
                body("{\"model\":\"m\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}")
                        .chat(defaults);

        assertThat(request.sampling().temperature().orElseThrow()).hasToString("0");
        assertThat(request.sampling().maxTokens()).contains(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model':'m'} | messages",
                "{'model':'m','messages':{}} | messages",
                "{'model':'m','messages':[1]} | messages[0]",
                "{'model':'m','messages':[{'role':'owner','content':'a'}]} | messages[0].role",
                "{'model':'m','messages':[{'role':'user','content':5}]} | messages[0].content",
                "{'model':'m','messages':[{'role':'user','content':[{'type':'image_url','image_url':{}}]}]} | messages[0].content[0].image_url.url",
                "{'model':'m','messages':[{'role':'tool','content':'a'}]} | messages[0].tool_call_id",
                "{'model':'m','messages':[{'role':'user','content':'a'}],'tools':[{'type':'function','function':{}}]} | tools[0].function.name",
                "{'model':'m','messages':[{'role':'user','content':'a'}],'max_tokens':1.5} | max_tokens",
                "{'model':'m','messages':[{'role':'user','content':'a'}],'temperature':'hot'} | temperature",
                "{'model':'m','messages':[{'role':'user','content':'a'}],'tool_choice':{}} | tool_choice",
                "{'model':'m','messages':[{'role':'user','content':'a'}],'response_format':{'type':'xml'}} | response_format.type",
            })
    void a_wrong_field_is_named(String json, String param) {
        assertThatThrownBy(() -> read(json.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        MalformedRequestException.class,
                        e -> assertThat(e.param()).contains(param));
    }

    private static ChatRequest read(String json) throws MalformedRequestException {
        return body(json).chat(Json.object());
    }

    private static RequestBody body(String json) throws MalformedRequestException {
        return new RequestScanner(64).scan(json.getBytes(UTF_8));
    }
}
