package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.body;
import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.messages;
import static io.magicproxy.provider.gemini.Gemini.refused;
import static io.magicproxy.provider.gemini.Gemini.translate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.FailureClass;
import org.junit.jupiter.api.Test;

class GeminiConversationTest {
    private static final String ASK = "{\"role\":\"user\",\"content\":\"Weather?\"}";
    private static final String CALL =
            """
            {"role":"assistant","content":null,"tool_calls":[
              {"id":"a","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}},
              {"id":"b","type":"function","function":{"name":"time","arguments":""}}]}\
            """;

    @Test
    void system_messages_become_the_system_instruction() {
        JsonNode body =
                body(
                        messages(
                                """
                                {"role":"system","content":"Be short."},
                                {"role":"developer","content":[{"type":"text","text":"Be kind."}]},
                                {"role":"user","content":"Hi"}\
                                """));
        assertThat(body.path("systemInstruction"))
                .isEqualTo(json("{\"parts\":[{\"text\":\"Be short.\"},{\"text\":\"Be kind.\"}]}"));
        assertThat(body.path("contents"))
                .isEqualTo(json("[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}]"));
    }

    @Test
    void a_system_message_in_mid_conversation_goes_first_with_a_note() {
        var translation =
                translate(
                        messages(ASK + ",{\"role\":\"system\",\"content\":\"Now in French.\"}"),
                        Gemini.FLASH_2_5);
        assertThat(translation.body().at("/systemInstruction/parts/0/text").asText())
                .isEqualTo("Now in French.");
        assertThat(translation.notes()).singleElement().asString().startsWith("messages[1]");
    }

    @Test
    void turns_of_one_role_are_merged() {
        JsonNode contents =
                body(messages(
                                """
                                {"role":"user","content":"One"},
                                {"role":"user","content":"Two"},
                                {"role":"assistant","content":"Three"},
                                {"role":"assistant","content":"Four"},
                                {"role":"user","content":"Five"}\
                                """))
                        .path("contents");
        assertThat(contents)
                .isEqualTo(
                        json(
                                """
                                [{"role":"user","parts":[{"text":"One"},{"text":"Two"}]},
                                 {"role":"model","parts":[{"text":"Three"},{"text":"Four"}]},
                                 {"role":"user","parts":[{"text":"Five"}]}]\
                                """));
    }

    @Test
    void a_conversation_that_begins_with_the_model_gets_a_blank_user_turn_before_it() {
        JsonNode contents =
                body(messages("{\"role\":\"assistant\",\"content\":\"Hello!\"}," + ASK))
                        .path("contents");
        assertThat(contents.path(0))
                .isEqualTo(json("{\"role\":\"user\",\"parts\":[{\"text\":\" \"}]}"));
        assertThat(contents.path(1).path("role").asText()).isEqualTo("model");
    }

    @Test
    void a_lone_system_message_is_sent_with_a_blank_user_turn() {
        JsonNode body = body(messages("{\"role\":\"system\",\"content\":\"Tell a joke.\"}"));
        assertThat(body.path("contents")).hasSize(1);
        assertThat(body.at("/systemInstruction/parts/0/text").asText()).isEqualTo("Tell a joke.");
    }

    @Test
    void a_conversation_without_anything_in_it_is_the_callers_fault() {
        assertThat(refused(messages("{\"role\":\"user\",\"content\":\"\"}")).failureClass())
                .isEqualTo(FailureClass.CALLER_FAULT);
    }

    @Test
    void empty_texts_are_left_out() {
        JsonNode contents =
                body(messages(
                                """
                                {"role":"user","content":[
                                  {"type":"text","text":""},{"type":"text","text":"Hi"}]}\
                                """))
                        .path("contents");
        assertThat(contents.at("/0/parts")).isEqualTo(json("[{\"text\":\"Hi\"}]"));
    }

    @Test
    void tool_calls_keep_their_ids_and_arguments() {
        JsonNode parts = body(messages(ASK + "," + CALL)).at("/contents/1/parts");
        assertThat(parts)
                .isEqualTo(
                        json(
                                """
                                [{"functionCall":{"id":"a","name":"weather","args":{"city":"Rome"}}},
                                 {"functionCall":{"id":"b","name":"time","args":{}}}]\
                                """));
    }

    @Test
    void arguments_that_are_no_object_are_wrapped_with_a_note() {
        var translation =
                translate(
                        messages(
                                ASK
                                        + ","
                                        + CALL.replace(
                                                "\"arguments\":\"\"", "\"arguments\":\"[1\"")),
                        Gemini.FLASH_2_5);
        assertThat(translation.body().at("/contents/1/parts/1/functionCall/args"))
                .isEqualTo(json("{\"arguments\":\"[1\"}"));
        assertThat(translation.notes())
                .singleElement()
                .asString()
                .startsWith("messages[1].tool_calls[1]");
    }

    @Test
    void tool_results_stand_in_one_user_turn_in_the_order_of_their_calls() {
        JsonNode turn =
                body(messages(
                                ASK
                                        + ","
                                        + CALL
                                        + """
                                        ,{"role":"tool","tool_call_id":"b","content":"noon"}
                                        ,{"role":"tool","tool_call_id":"a","content":"{\\"sky\\":\\"blue\\"}"}
                                        ,{"role":"user","content":"And?"}\
                                        """))
                        .at("/contents/2");
        assertThat(turn)
                .isEqualTo(
                        json(
                                """
                                {"role":"user","parts":[
                                  {"functionResponse":{"id":"a","name":"weather","response":{"sky":"blue"}}},
                                  {"functionResponse":{"id":"b","name":"time","response":{"result":"noon"}}},
                                  {"text":"And?"}]}\
                                """));
    }

    @Test
    void a_list_as_a_tools_result_is_wrapped_as_json() {
        JsonNode response = response("[1, 2]", Gemini.FLASH_2_5).path("response");
        assertThat(response).isEqualTo(json("{\"result\":[1,2]}"));
    }

    @Test
    void text_that_only_begins_like_json_stays_text() {
        JsonNode response = response("{not json", Gemini.FLASH_2_5).path("response");
        assertThat(response).isEqualTo(json("{\"result\":\"{not json\"}"));
    }

    private static JsonNode response(String content, String model) {
        String result =
                "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":"
                        + io.magicproxy.chat.Json.text(
                                io.magicproxy.chat.Json.object().textNode(content))
                        + "}";
        return translate(messages(ASK + "," + CALL + "," + result), model)
                .body()
                .at("/contents/2/parts/0/functionResponse");
    }

    @Test
    void an_image_in_a_tools_result_stands_in_it_or_beside_it_by_generation() {
        String conversation =
                messages(
                        ASK
                                + ","
                                + CALL
                                + """
                                ,{"role":"tool","tool_call_id":"a","content":[
                                   {"type":"text","text":"see"},
                                   {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}
                                ,{"role":"tool","tool_call_id":"b","content":"noon"}\
                                """);
        JsonNode image = json("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}");
        JsonNode old = translate(conversation, Gemini.FLASH_2_5).body().at("/contents/2/parts");
        assertThat(old.path(2)).isEqualTo(image);
        JsonNode now = translate(conversation, Gemini.FLASH_3).body().at("/contents/2/parts");
        assertThat(now).hasSize(2);
        assertThat(now.at("/0/functionResponse/parts/0")).isEqualTo(image);
    }

    @Test
    void a_result_for_a_call_that_nobody_made_is_the_callers_fault() {
        var failure =
                refused(
                        messages(
                                ASK
                                        + ",{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"1\"}"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).contains("messages[1].tool_call_id");
    }

    @Test
    void an_image_in_a_system_message_is_the_callers_fault() {
        var failure =
                refused(
                        messages(
                                """
                                {"role":"system","content":[{"type":"image_url",
                                  "image_url":{"url":"https://example.com/a.png"}}]},\
                                """
                                        + ASK));
        assertThat(failure.param()).contains("messages[0].content");
    }
}
