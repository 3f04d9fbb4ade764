package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.decoder;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.StreamEvent.Content;
import io.magicproxy.chat.StreamEvent.Extra;
import io.magicproxy.chat.StreamEvent.Finished;
import io.magicproxy.chat.StreamEvent.Reasoning;
import io.magicproxy.chat.StreamEvent.Started;
import io.magicproxy.chat.StreamEvent.ThinkingBlock;
import io.magicproxy.chat.StreamEvent.ToolCallArguments;
import io.magicproxy.chat.StreamEvent.ToolCallStart;
import io.magicproxy.chat.StreamEvent.UsageReport;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.FailureClass;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnthropicStreamTest {
    private static final String START =
            "{'type':'message_start','message':{'id':'msg_1','model':'claude-x','content':[],'usage':{'input_tokens':5,'cache_read_input_tokens':2,'output_tokens':1}}}";

    private static final String STOP = "{'type':'message_stop'}";

    private static String begin(int index, String block) {
        return "{'type':'content_block_start','index':" + index + ",'content_block':" + block + "}";
    }

    private static String delta(int index, String delta) {
        return "{'type':'content_block_delta','index':" + index + ",'delta':" + delta + "}";
    }

    private static String end(int index) {
        return "{'type':'content_block_stop','index':" + index + "}";
    }

    private static String tool(String id, String input) {
        return "{'type':'tool_use','id':'" + id + "','name':'f','input':" + input + "}";
    }

    private static ToolCallStart start(int index, String id) {
        return new ToolCallStart(0, index, new ToolCall(id, "f", "", Json.object()));
    }

    @Test
    void a_stream_is_finished_at_message_stop_only() throws Exception {
        var decoder = decoder();
        List<StreamEvent> events =
                stream(
                        decoder,
                        START,
                        "{'type':'ping'}",
                        begin(0, "{'type':'text','text':''}"),
                        delta(0, "{'type':'text_delta','text':'Hi'}"),
                        end(0),
                        "{'type':'message_delta','delta':{'stop_reason':'max_tokens'},'usage':{'output_tokens':9}}");
        assertThat(decoder.finished()).isFalse();
        assertThat(events)
                .containsExactly(
                        new Started("msg_1", "claude-x"),
                        new UsageReport(new Usage(7, 1, 2, 0, 0)),
                        new Content(0, "Hi"),
                        new UsageReport(new Usage(7, 9, 2, 0, 0)));
        assertThat(stream(decoder, STOP)).containsExactly(new Finished(0, FinishReason.LENGTH));
        assertThat(decoder.finished()).isTrue();
        assertThat(stream(decoder, STOP)).isEmpty();
    }

    @Test
    void usage_is_cumulative_and_never_falls() throws Exception {
        List<StreamEvent> events =
                stream(
                        START,
                        "{'type':'message_delta','delta':{},'usage':{'input_tokens':0,'cache_creation_input_tokens':4,'output_tokens':3,'output_tokens_details':{'thinking_tokens':2}}}");
        assertThat(events.getLast()).isEqualTo(new UsageReport(new Usage(11, 3, 2, 4, 2)));
    }

    @Test
    void tools_are_numbered_among_themselves_and_their_input_comes_in_pieces() throws Exception {
        assertThat(
                        stream(
                                begin(0, "{'type':'text','text':'a'}"),
                                end(0),
                                begin(1, tool("t1", "{}")),
                                delta(1, "{'type':'input_json_delta','partial_json':''}"),
                                delta(
                                        1,
                                        "{'type':'input_json_delta','partial_json':'{\\'a'}"
                                                .replace("\\'", "\\\"")),
                                end(1),
                                begin(2, tool("t2", "{}")),
                                end(2)))
                .containsExactly(
                        new Content(0, "a"),
                        start(0, "t1"),
                        new ToolCallArguments(0, 0, "{\"a"),
                        start(1, "t2"),
                        new ToolCallArguments(0, 1, "{}"));
    }

    @Test
    void input_that_comes_with_the_beginning_alone_is_delivered() throws Exception {
        assertThat(stream(begin(3, tool("t1", "{'city':'Oslo','n':1.50}")), end(3)))
                .containsExactly(
                        start(0, "t1"),
                        new ToolCallArguments(0, 0, "{\"city\":\"Oslo\",\"n\":1.50}"));
    }

    @Test
    void a_block_that_is_never_closed_is_closed_by_the_end() throws Exception {
        assertThat(stream(begin(0, tool("t1", "{'a':1}")), STOP))
                .containsExactly(
                        start(0, "t1"),
                        new ToolCallArguments(0, 0, "{\"a\":1}"),
                        new Finished(0, FinishReason.TOOL_CALLS));
    }

    @Test
    void input_without_a_tool_is_a_failure() {
        assertThat(
                        Anthropic.failure(() ->
                                        stream(
                                                delta(
                                                        0,
                                                        "{'type':'input_json_delta','partial_json':'{'}")))
                                .failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void thoughts_stream_as_text_and_end_in_a_signed_block() throws Exception {
        assertThat(
                        stream(
                                begin(0, "{'type':'thinking','thinking':'','signature':''}"),
                                delta(0, "{'type':'thinking_delta','thinking':'a'}"),
                                delta(0, "{'type':'thinking_delta','thinking':'b'}"),
                                delta(0, "{'type':'signature_delta','signature':'s'}"),
                                end(0),
                                begin(1, "{'type':'redacted_thinking','data':'d'}"),
                                end(1)))
                .containsExactly(
                        new Reasoning(0, "a"),
                        new Reasoning(0, "b"),
                        new ThinkingBlock(
                                0, json("{'type':'thinking','thinking':'ab','signature':'s'}")),
                        new ThinkingBlock(0, json("{'type':'redacted_thinking','data':'d'}")));
    }

    @Test
    void citations_come_with_the_end_of_their_text() throws Exception {
        List<StreamEvent> events =
                stream(
                        begin(0, "{'type':'text','text':'','citations':[]}"),
                        delta(
                                0,
                                "{'type':'citations_delta','citation':{'type':'web_search_result_location','url':'https://a','title':'A'}}"),
                        delta(0, "{'type':'text_delta','text':'word'}"),
                        end(0));
        assertThat(events).hasSize(2);
        assertThat(((Extra) events.getLast()).fields().at("/annotations/0/url_citation/end_index"))
                .isEqualTo(json("4"));
    }

    @Test
    void a_servers_own_tool_is_delivered_whole_at_the_end() throws Exception {
        List<StreamEvent> events =
                stream(
                        begin(
                                0,
                                "{'type':'server_tool_use','id':'s1','name':'web_search','input':{}}"),
                        delta(0, "{'type':'input_json_delta','partial_json':'{}'}"),
                        end(0),
                        begin(1, "{'type':'compaction','content':null}"),
                        delta(1, "{'type':'compaction_delta','content':'short'}"),
                        end(1),
                        STOP);
        assertThat(events)
                .containsExactly(
                        new Extra(
                                0,
                                Json.object()
                                        .set(
                                                "anthropic_content",
                                                json(
                                                        "[{'type':'server_tool_use','id':'s1','name':'web_search','input':{}},{'type':'compaction','content':'short'}]"))),
                        new Finished(0, FinishReason.STOP));
    }

    @Test
    void unknown_events_blocks_and_deltas_are_passed_over() throws Exception {
        assertThat(
                        stream(
                                "{'type':'tomorrow'}",
                                "{}",
                                "[]",
                                "{'type':'content_block_start'}",
                                end(9),
                                begin(0, "{'type':'text','text':''}"),
                                delta(0, "{'type':'tomorrows_delta','x':1}"),
                                delta(0, "7"),
                                end(0)))
                .isEmpty();
    }

    @Test
    void text_without_a_beginning_is_text() throws Exception {
        assertThat(stream(delta(0, "{'type':'text_delta','text':'a'}"), end(0)))
                .containsExactly(new Content(0, "a"));
    }

    @Test
    void the_events_name_counts_where_the_data_has_no_type() throws Exception {
        var decoder = decoder();
        decoder.accept("message_stop", Json.object(), _ -> {});
        assertThat(decoder.finished()).isTrue();
    }
}
