package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.wire;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicAnswerTest {
    private static JsonNode answer(String content, String more) throws Exception {
        return wire(
                "{'id':'msg_1','type':'message','model':'claude-x','content':["
                        + content
                        + "]"
                        + more
                        + "}");
    }

    private static JsonNode message(String content) throws Exception {
        return answer(content, "").at("/choices/0/message");
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, stop",
        "stop_sequence, stop",
        "max_tokens, length",
        "tool_use, tool_calls",
        "pause_turn, stop",
        "refusal, content_filter",
        "model_context_window_exceeded, length",
        "compaction, stop",
        "tomorrows_reason, stop",
    })
    void each_stop_reason_has_its_finish_reason(String told, String given) throws Exception {
        JsonNode choice =
                answer("{'type':'text','text':'a'}", ",'stop_reason':'" + told + "'")
                        .at("/choices/0");
        assertThat(choice.path("finish_reason").textValue()).isEqualTo(given);
    }

    @Test
    void without_a_stop_reason_the_content_tells() throws Exception {
        assertThat(
                        answer("{'type':'tool_use','id':'1','name':'f','input':{}}", "")
                                .at("/choices/0/finish_reason")
                                .textValue())
                .isEqualTo("tool_calls");
    }

    @Test
    void the_prompts_tokens_are_those_read_anew_and_those_of_the_cache() throws Exception {
        JsonNode usage =
                answer(
                                "",
                                """
                                ,'usage':{'input_tokens':10,'cache_read_input_tokens':200,'cache_creation_input_tokens':30,
                                 'output_tokens':7,'output_tokens_details':{'thinking_tokens':5}}\
                                """)
                        .path("usage");
        assertThat(usage)
                .isEqualTo(
                        json(
                                """
                                {'prompt_tokens':240,'completion_tokens':7,'total_tokens':247,
                                 'prompt_tokens_details':{'cached_tokens':200,'cache_creation_tokens':30},
                                 'completion_tokens_details':{'reasoning_tokens':5}}\
                                """));
    }

    @Test
    void odd_counts_are_nothing() throws Exception {
        assertThat(
                        answer(
                                        "",
                                        ",'usage':{'input_tokens':-3,'cache_read_input_tokens':null,'output_tokens':'x'}")
                                .at("/usage/total_tokens"))
                .isEqualTo(json("0"));
    }

    @Test
    void thoughts_are_given_as_text_and_as_signed_blocks() throws Exception {
        JsonNode message =
                message(
                        """
                        {'type':'thinking','thinking':'a','signature':'s'},{'type':'redacted_thinking','data':'d'},
                        {'type':'text','text':'t'}\
                        """);
        assertThat(message.path("reasoning_content").textValue()).isEqualTo("a");
        assertThat(message.path("thinking_blocks"))
                .isEqualTo(
                        json(
                                "[{'type':'thinking','thinking':'a','signature':'s'},{'type':'redacted_thinking','data':'d'}]"));
        assertThat(message.has("anthropic_content")).isFalse();
    }

    @Test
    void thoughts_that_are_kept_back_leave_their_signature() throws Exception {
        JsonNode message = message("{'type':'thinking','thinking':'','signature':'s'}");
        assertThat(message.has("reasoning_content")).isFalse();
        assertThat(message.path("thinking_blocks")).hasSize(1);
    }

    @Test
    void thoughts_between_words_keep_their_place_in_the_recorded_blocks() throws Exception {
        String content =
                """
                {'type':'text','text':'a'},{'type':'thinking','thinking':'b','signature':'s'},
                {'type':'tool_use','id':'1','name':'f','input':{'x':1}}\
                """;
        assertThat(message(content).path("anthropic_content")).isEqualTo(json("[" + content + "]"));
    }

    @Test
    void blocks_of_unknown_types_are_kept_and_break_nothing() throws Exception {
        JsonNode message = message("{'type':'tomorrow','x':[1]},{'type':'text','text':'a'},7");
        assertThat(message.path("content").textValue()).isEqualTo("a");
        assertThat(message.path("anthropic_content").path(0))
                .isEqualTo(json("{'type':'tomorrow','x':[1]}"));
    }

    @Test
    void an_answer_without_words_calls_tools_with_null_content() throws Exception {
        JsonNode message = message("{'type':'tool_use','id':'1','name':'f','input':null}");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/tool_calls/0/function/arguments").textValue()).isEqualTo("{}");
    }

    @Test
    void citations_of_the_web_become_annotations_with_their_place() throws Exception {
        JsonNode message =
                message(
                        """
                        {'type':'text','text':'See: '},
                        {'type':'text','text':'here','citations':[
                          {'type':'web_search_result_location','url':'https://a','title':null},
                          {'type':'char_location','document_index':0}]}\
                        """);
        assertThat(message.path("annotations"))
                .isEqualTo(
                        json(
                                "[{'type':'url_citation','url_citation':{'start_index':5,'end_index':9,'url':'https://a','title':''}}]"));
        assertThat(message.path("citations")).hasSize(2);
    }

    @Test
    void what_is_missing_is_filled_in() throws Exception {
        JsonNode answer = wire("{'content':[]}");
        assertThat(answer.path("id").textValue()).isEqualTo("chatcmpl-test");
        assertThat(answer.path("model").textValue()).isEqualTo("claude-sonnet-4-6");
        assertThat(answer.at("/choices/0/message/content").textValue()).isEmpty();
    }
}
