package io.magicproxy.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.ChatTranslation.StreamDecoder;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever an upstream sends, only a classified failure may come of it; a caller is told. */
class AnthropicFuzzTest {
    private static final int ROUNDS = 3_000;

    private static final String ANSWER =
            """
            {'id':'msg_1','type':'message','role':'assistant','model':'claude-x','content':[
              {'type':'thinking','thinking':'t','signature':'s'},{'type':'redacted_thinking','data':'d'},
              {'type':'text','text':'a','citations':[{'type':'web_search_result_location','url':'u','title':'t'}]},
              {'type':'tool_use','id':'i','name':'n','input':{'a':[1,{'b':null}]}},
              {'type':'server_tool_use','id':'i','name':'n','input':{}}],
             'stop_reason':'refusal','stop_sequence':null,'stop_details':{'type':'refusal','explanation':'e'},
             'container':{'id':'c'},'usage':{'input_tokens':1,'cache_creation_input_tokens':2,
              'cache_read_input_tokens':3,'output_tokens':4,'output_tokens_details':{'thinking_tokens':1}}}\
            """;

    private static final String ERROR =
            "{'type':'error','error':{'type':'rate_limit_error','message':'messages.0: m','details':null}}";

    private static final List<String> EVENTS =
            List.of(
                    "{'type':'message_start','message':" + ANSWER + "}",
                    "{'type':'content_block_start','index':0,'content_block':{'type':'thinking','thinking':'','signature':''}}",
                    "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'t'}}",
                    "{'type':'content_block_delta','index':0,'delta':{'type':'signature_delta','signature':'s'}}",
                    "{'type':'content_block_stop','index':0}",
                    "{'type':'content_block_start','index':1,'content_block':{'type':'text','text':'','citations':[]}}",
                    "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'t'}}",
                    "{'type':'content_block_delta','index':1,'delta':{'type':'citations_delta','citation':{'url':'u'}}}",
                    "{'type':'content_block_stop','index':1}",
                    "{'type':'content_block_start','index':2,'content_block':{'type':'tool_use','id':'i','name':'n','input':{}}}",
                    "{'type':'content_block_delta','index':2,'delta':{'type':'input_json_delta','partial_json':'[1'}}",
                    "{'type':'content_block_stop','index':2}",
                    "{'type':'content_block_start','index':3,'content_block':{'type':'compaction','content':null}}",
                    "{'type':'content_block_delta','index':3,'delta':{'type':'compaction_delta','content':'c'}}",
                    "{'type':'message_delta','delta':{'stop_reason':'tool_use','stop_details':{'explanation':'e'},'container':{}},'usage':{'output_tokens':5}}",
                    "{'type':'message_stop'}");

    private static final String REQUEST =
            """
            {'model':'m','messages':[
              {'role':'system','content':'s','cache_control':{'type':'ephemeral'}},
              {'role':'user','content':[{'type':'text','text':'t','cache_control':{}},
                {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}},
                {'type':'file','file':{'filename':'n','file_data':'data:text/plain;base64,AA=='}},
                {'type':'file','file':{'file_id':'f'}},{'type':'search_result','title':'t'}]},
              {'role':'assistant','content':'c','anthropic_content':[{'type':'text','text':'t'}]},
              {'role':'assistant','content':'c','thinking_blocks':[{'type':'thinking','thinking':'t','signature':'s'}],
                'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'},'cache_control':{}}]},
              {'role':'tool','tool_call_id':'a','content':[{'type':'text','text':'t','cache_control':{}}],'is_error':true}],
             'tools':[{'type':'function','function':{'name':'f','strict':true,'parameters':{'type':'object',
               'properties':{'a':{'anyOf':[{'type':'string','minLength':1}]},'b':{'type':'array','items':{'const':1},'minItems':2}},
               'additionalProperties':false}},'cache_control':{}}],
             'tool_choice':'required','parallel_tool_calls':false,
             'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object','properties':{'x':{'$ref':'#'}}}}},
             'temperature':0.5,'top_p':0.5,'top_k':3,'stop':['a',' '],'seed':1,'n':1,'user':'u','metadata':{'user_id':'v'},
             'thinking':{'type':'enabled','budget_tokens':2000},'reasoning_effort':'low','reasoning':{'effort':'low','max_tokens':3},
             'service_tier':'auto','betas':['b'],'mcp_servers':[{}],'extra_body':{'tools':[{'type':'t'}],'output_config':{'x':1}},
             'output_config':{'y':2},'store':true}\
            """;

    private static final List<String> MODELS =
            List.of(
                    "claude-3-haiku-20240307",
                    "claude-haiku-4-5",
                    "claude-sonnet-4-6",
                    "claude-sonnet-5-5",
                    "x");

    private final Mutations mutations = new Mutations();

    @Test
    void spoiled_answers_and_errors_fail_in_order_or_not_at_all() {
        ChatTranslation chat = Anthropic.translate(Anthropic.with("'n':1"), MODELS.getFirst());
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try {
                ResponseWriter.write(chat.decode(mutations.spoiled(ANSWER), Anthropic.CONTEXT));
                read++;
            } catch (ProviderException expected) {
                assertThat(expected.failure().message()).isNotBlank();
            }
            byte[] error = Json.bytes(mutations.spoiled(ERROR));
            var reply = new ErrorReply(400 + mutations.below(130), _ -> Optional.of("soon"), error);
            assertThat(new AnthropicCodec().classify(reply).message()).isNotBlank();
        }
        assertThat(read).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void spoiled_streams_fail_in_order_or_not_at_all() {
        ChatTranslation chat = Anthropic.translate(Anthropic.with("'n':1"), MODELS.getFirst());
        int finished = 0;
        for (int round = 0; round < ROUNDS; round++) {
            finished += stream(chat.streamDecoder()) ? 1 : 0;
        }
        assertThat(finished).isBetween(ROUNDS / 10, ROUNDS);
    }

    /** A whole stream of which some events are spoiled, dropped or doubled. */
    private boolean stream(StreamDecoder decoder) {
        List<StreamEvent> events = new ArrayList<>();
        try {
            for (String event : EVENTS) {
                switch (mutations.below(8)) {
                    case 0 -> decoder.accept("", mutations.spoiled(event), events::add);
                    case 1 -> {
                        decoder.accept("x", Anthropic.json(event), events::add);
                        decoder.accept("x", mutations.spoiled(event), events::add);
                    }
                    case 2 -> {
                        // Lost.
                    }
                    default -> decoder.accept("", Anthropic.json(event), events::add);
                }
            }
            if (mutations.below(20) == 0) {
                decoder.accept("error", mutations.spoiled(ERROR), events::add);
            }
        } catch (ProviderException expected) {
            assertThat(expected.failure().message()).isNotBlank();
        }
        new ChunkWriter("id", "m", 0, true).write(events);
        return decoder.finished();
    }

    @Test
    void spoiled_requests_are_translated_or_refused() {
        int translated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode request = mutations.spoiled(REQUEST);
            String model = MODELS.get(mutations.below(MODELS.size()));
            try {
                ChatRequest read =
                        new RequestScanner(Json.MAX_DEPTH)
                                .scan(Json.bytes(request))
                                .chat(Json.object());
                ChatTranslation chat =
                        new AnthropicCodec().translate(read, Anthropic.target(model), true);
                Json.bytes(chat.body());
                translated++;
            } catch (MalformedRequestException | ProviderException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            }
        }
        assertThat(translated).isGreaterThan(ROUNDS / 3);
    }
}
