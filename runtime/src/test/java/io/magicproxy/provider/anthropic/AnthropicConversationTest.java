package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.SONNET_4_6;
import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.messages;
import static io.magicproxy.provider.anthropic.Anthropic.notes;
import static io.magicproxy.provider.anthropic.Anthropic.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnthropicConversationTest {
    private static final String USER = "{'role':'user','content':'Hi'}";

    private static String turns(String messages) {
        return Json.text(body(messages(messages)).path("messages"));
    }

    private static String wire(String json) {
        return Json.text(json(json));
    }

    @Test
    void instructions_from_anywhere_become_system_blocks_in_their_order() {
        JsonNode body =
                body(
                        messages(
                                """
                                {'role':'system','content':'one'},
                                {'role':'user','content':'Hi'},
                                {'role':'developer','content':[{'type':'text','text':'two'},{'type':'text','text':' '}]}\
                                """));
        assertThat(Json.text(body.path("system")))
                .isEqualTo(wire("[{'type':'text','text':'one'},{'type':'text','text':'two'}]"));
        assertThat(body.path("messages")).hasSize(1);
    }

    @Test
    void without_instructions_there_is_no_system_field() {
        assertThat(body(messages(USER)).has("system")).isFalse();
    }

    @Test
    void an_image_among_the_instructions_is_refused_with_its_place() {
        ProviderFailure failure =
                refused(
                        messages(
                                """
                                {'role':'system','content':[{'type':'image_url','image_url':{'url':'https://a/b.png'}}]},
                                {'role':'user','content':'Hi'}\
                                """));
        assertThat(failure.param()).contains("messages[0].content");
    }

    @Test
    void neighbours_of_one_role_become_one_turn() {
        assertThat(
                        turns(
                                """
                                {'role':'user','content':'a'},{'role':'user','content':'b'},
                                {'role':'assistant','content':'c'},{'role':'assistant','content':'d'},
                                {'role':'user','content':'e'}\
                                """))
                .isEqualTo(
                        wire(
                                """
                                [{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},
                                 {'role':'assistant','content':[{'type':'text','text':'c'},{'type':'text','text':'d'}]},
                                 {'role':'user','content':[{'type':'text','text':'e'}]}]\
                                """));
    }

    @Test
    void a_message_without_a_word_is_left_out_and_its_neighbours_meet() {
        assertThat(
                        turns(
                                """
                                {'role':'user','content':'a'},{'role':'assistant','content':''},
                                {'role':'user','content':[{'type':'text','text':' \\n'},{'type':'text','text':'b'}]}\
                                """))
                .isEqualTo(
                        wire(
                                "[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]"));
    }

    @Test
    void tool_results_come_first_in_their_turn() {
        JsonNode turns =
                body(messages(
                                """
                                {'role':'user','content':'a'},
                                {'role':'assistant','tool_calls':[
                                  {'id':'1','function':{'name':'f','arguments':'{}'}},
                                  {'id':'2','function':{'name':'f','arguments':'{}'}}]},
                                {'role':'tool','tool_call_id':'1','content':'one'},
                                {'role':'user','content':'hurry'},
                                {'role':'tool','tool_call_id':'2','content':'two'}\
                                """))
                        .path("messages");
        assertThat(turns).hasSize(3);
        assertThat(Json.text(turns.path(2).path("content")))
                .isEqualTo(
                        wire(
                                """
                                [{'type':'tool_result','tool_use_id':'1','content':'one'},
                                 {'type':'tool_result','tool_use_id':'2','content':'two'},
                                 {'type':'text','text':'hurry'}]\
                                """));
    }

    @Test
    void a_tool_result_may_be_empty_hold_an_image_or_be_an_error() {
        JsonNode turn =
                body(messages(
                                """
                                {'role':'user','content':'a'},
                                {'role':'assistant','tool_calls':[
                                  {'id':'1','function':{'name':'f'}},{'id':'2','function':{'name':'f'}}]},
                                {'role':'tool','tool_call_id':'1','content':'','is_error':true},
                                {'role':'tool','tool_call_id':'2','content':[
                                  {'type':'text','text':'see'},
                                  {'type':'image_url','image_url':{'url':'https://a/b.png'}}]}\
                                """))
                        .path("messages")
                        .path(2);
        assertThat(Json.text(turn.path("content")))
                .isEqualTo(
                        wire(
                                """
                                [{'type':'tool_result','tool_use_id':'1','is_error':true},
                                 {'type':'tool_result','tool_use_id':'2','content':[{'type':'text','text':'see'},
                                   {'type':'image','source':{'type':'url','url':'https://a/b.png'}}]}]\
                                """));
    }

    @Test
    void arguments_are_parsed_and_keep_their_digits() {
        assertThat(
                        turns(
                                USER
                                        + """
                                        ,{'role':'assistant','tool_calls':[
                                          {'id':'1','function':{'name':'f','arguments':'{\\"z\\":1.50,\\"a\\":2}'}},
                                          {'id':'2','function':{'name':'g','arguments':' '}}]}\
                                        """))
                .contains("\"input\":{\"z\":1.50,\"a\":2}")
                .contains("\"name\":\"g\",\"input\":{}");
    }

    @Test
    void arguments_that_are_no_json_are_refused_with_their_place() {
        ProviderFailure failure =
                refused(
                        messages(
                                USER
                                        + """
                                        ,{'role':'assistant','tool_calls':[
                                          {'id':'1','function':{'name':'f','arguments':'{}'}},
                                          {'id':'2','function':{'name':'f','arguments':'{\\"a\\":'}}]}\
                                        """));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).contains("messages[1].tool_calls[1].function.arguments");
        assertThat(failure.message()).contains("is not valid JSON");
    }

    @Test
    void arguments_that_are_no_object_are_refused() {
        ProviderFailure failure =
                refused(
                        messages(
                                USER
                                        + ",{'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f','arguments':'[1]'}}]}"));
        assertThat(failure.message()).contains("must be a JSON object");
    }

    @Test
    void ids_of_other_providers_become_ids_that_anthropic_takes() {
        String turns =
                turns(
                        USER
                                + """
                                ,{'role':'assistant','tool_calls':[{'id':'functions.f:0','function':{'name':'f'}}]},
                                {'role':'tool','tool_call_id':'functions.f:0','content':'x'}\
                                """);
        assertThat(turns)
                .contains("\"id\":\"functions_f_0\"")
                .contains("\"tool_use_id\":\"functions_f_0\"");
    }

    @Test
    void signed_thoughts_come_first_and_unsigned_ones_are_left_out() {
        String messages =
                messages(
                        USER
                                + """
                                ,{'role':'assistant','content':'said','thinking_blocks':[
                                   {'type':'thinking','thinking':'','signature':'s'},
                                   {'type':'redacted_thinking','data':'d'},
                                   {'type':'thinking','thinking':'not mine'}],
                                  'tool_calls':[{'id':'1','function':{'name':'f'}}]},
                                {'role':'tool','tool_call_id':'1','content':'x'}\
                                """);
        assertThat(Json.text(body(messages).path("messages").path(1).path("content")))
                .isEqualTo(
                        wire(
                                """
                                [{'type':'thinking','thinking':'','signature':'s'},{'type':'redacted_thinking','data':'d'},
                                 {'type':'text','text':'said'},{'type':'tool_use','id':'1','name':'f','input':{}}]\
                                """));
        assertThat(notes(messages, SONNET_4_6))
                .containsExactly(
                        "messages[1].thinking_blocks: one without Anthropic's signature is left out");
    }

    @Test
    void recorded_blocks_are_replayed_as_they_were() {
        assertThat(
                        turns(
                                USER
                                        + """
                                        ,{'role':'assistant','content':'ab','anthropic_content':[
                                          {'type':'thinking','thinking':'t','signature':'s'},{'type':'text','text':'a'},
                                          {'type':'thinking','thinking':'u','signature':'v'},{'type':'text','text':'b'}]}\
                                        """))
                .endsWith(
                        wire(
                                        """
                                        {'role':'assistant','content':[
                                          {'type':'thinking','thinking':'t','signature':'s'},{'type':'text','text':'a'},
                                          {'type':'thinking','thinking':'u','signature':'v'},{'type':'text','text':'b'}]}\
                                        """)
                                + "]");
    }

    @Test
    void a_conversation_that_the_assistant_begins_gets_a_first_turn() {
        JsonNode turns = body(messages("{'role':'assistant','content':'Hello'}")).path("messages");
        assertThat(turns).hasSize(2);
        assertThat(turns.path(0).path("role").textValue()).isEqualTo("user");
        assertThat(body(messages("{'role':'system','content':'Tell a joke'}")).path("messages"))
                .hasSize(1);
    }

    @Test
    void the_beginning_of_an_answer_ends_in_no_white_space() {
        assertThat(turns(USER + ",{'role':'assistant','content':'The answer is ( \\n'}"))
                .endsWith("\"text\":\"The answer is (\"}]}]");
        assertThat(
                        turns(
                                USER
                                        + ",{'role':'assistant','anthropic_content':["
                                        + "{'type':'text','text':'So'},{'type':'text','text':' '}]}"))
                .endsWith("\"content\":[{\"type\":\"text\",\"text\":\"So\"}]}]");
    }

    @Test
    void an_earlier_answer_keeps_its_white_space() {
        assertThat(
                        turns(
                                USER
                                        + ",{'role':'assistant','content':'a '},"
                                        + "{'role':'user','content':'b '}"))
                .contains("\"text\":\"a \"")
                .contains("\"text\":\"b \"");
    }

    @Test
    void a_result_that_no_call_asked_for_is_refused_with_its_place() {
        ProviderFailure failure =
                refused(
                        messages(
                                """
                                {'role':'user','content':'a'},
                                {'role':'tool','tool_call_id':'1','content':'too early'},
                                {'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f'}}]}\
                                """));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).contains("messages[1].tool_call_id");
        assertThat(failure.message()).startsWith("messages[1].tool_call_id is \"1\"");
    }

    @Test
    void a_result_may_answer_a_call_in_anthropics_own_words() {
        assertThat(
                        turns(
                                USER
                                        + """
                                        ,{'role':'assistant','anthropic_content':[
                                          {'type':'tool_use','id':'toolu_1','name':'f','input':{}}]},
                                        {'role':'tool','tool_call_id':'toolu_1','content':'x'}\
                                        """))
                .contains("\"tool_use_id\":\"toolu_1\"");
    }

    @Test
    void marks_for_the_cache_are_kept_on_messages_and_parts() {
        JsonNode body =
                body(
                        messages(
                                """
                                {'role':'system','content':'s','cache_control':{'type':'ephemeral'}},
                                {'role':'user','content':[{'type':'text','text':'a','cache_control':{'type':'ephemeral','ttl':'1h'}},
                                  {'type':'text','text':'b'}]},
                                {'role':'assistant','content':'c','cache_control':{'type':'ephemeral'}}\
                                """));
        JsonNode mark = json("{'type':'ephemeral'}");
        assertThat(body.path("system").path(0).path("cache_control")).isEqualTo(mark);
        JsonNode user = body.path("messages").path(0).path("content");
        assertThat(user.path(0).path("cache_control").path("ttl").textValue()).isEqualTo("1h");
        assertThat(user.path(1).has("cache_control")).isFalse();
        assertThat(body.at("/messages/1/content/0/cache_control")).isEqualTo(mark);
    }

    @Test
    void sound_and_parts_of_unknown_types_are_refused_with_their_place() {
        ProviderFailure audio =
                refused(
                        messages(
                                "{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AA','format':'wav'}}]}"));
        assertThat(audio.param()).contains("messages[0].content[0]");
        assertThat(audio.message()).contains("transcript");
        ProviderFailure unknown =
                refused(messages("{'role':'user','content':[{'type':'hologram','x':1}]}"));
        assertThat(unknown.param()).isEqualTo(Optional.of("messages[0].content[0].type"));
    }

    @Test
    void an_image_that_the_assistant_is_said_to_have_sent_is_refused() {
        assertThat(
                        refused(
                                        messages(
                                                USER
                                                        + ",{'role':'assistant','content':[{'type':'image_url','image_url':{'url':'https://a/b'}}]}"))
                                .param())
                .contains("messages[1].content[0]");
    }

    @Test
    void anthropics_own_blocks_pass() {
        assertThat(
                        turns(
                                "{'role':'user','content':[{'type':'search_result','source':'s','title':'t','content':[]}]}"))
                .contains(wire("{'type':'search_result','source':'s','title':'t','content':[]}"));
    }
}
