package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever an upstream sends, only a classified failure may come of it. */
class GeminiFuzzTest {
    private static final int ROUNDS = 6_000;

    private static final List<String> SEEDS =
            List.of(
                    """
                    {"responseId":"r","modelVersion":"v","candidates":[{"index":0,"content":{"role":"model","parts":[
                      {"text":"t","thought":true},{"text":"a","thoughtSignature":"s"},
                      {"functionCall":{"id":"i","name":"f","args":{"x":[1,{"y":null}]}},"thoughtSignature":"s"},
                      {"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"executableCode":{"code":"1"}}]},
                      "finishReason":"STOP","finishMessage":"m","safetyRatings":[{"category":"c","blocked":true}],
                      "logprobsResult":{"chosenCandidates":[{"token":"t","logProbability":-1}],
                        "topCandidates":[{"candidates":[{"token":"t","logProbability":-1}]}]}},
                      {"index":1,"finishReason":"MALFORMED_FUNCTION_CALL"}],
                     "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3},
                     "promptFeedback":{"safetyRatings":[]}}\
                    """,
                    """
                    {"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[{"category":"c","blocked":true}]}}\
                    """,
                    """
                    {"error":{"code":429,"message":"m limit: 0","status":"RESOURCE_EXHAUSTED","details":[
                      {"reason":"R"},{"violations":[{"quotaId":"PerDay"}]},{"retryDelay":"3.5s"}]}}\
                    """,
                    "{\"embeddings\":[{\"values\":[0.5,1]}],\"usageMetadata\":{\"promptTokenCount\":1}}");

    private static final List<JsonNode> ODDITIES =
            List.of(
                    json("null"),
                    json("true"),
                    json("-1"),
                    json("1e999"),
                    json("99999999999999999999"),
                    json("0.1"),
                    json("\"\""),
                    json("\"MALFORMED_FUNCTION_CALL\""),
                    json("\"\\uD800 \\u0000\""),
                    json("[]"),
                    json("{}"),
                    json("[[[1]]]"),
                    json("{\"text\":{\"parts\":[3]}}"));

    private static final String REQUEST =
            """
            {"model":"m","messages":[
              {"role":"system","content":"s"},
              {"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:a/b;base64,AA"}},
                {"type":"input_audio","input_audio":{"data":"AA","format":"wav"}},{"type":"file","file":{"file_id":"files/a"}},
                {"type":"video_url","video_url":{"url":"https://a/b.mp4"}}]},
              {"role":"assistant","content":"c","extra_content":{"google":{"thought_signature":"s","parts":[{"x":1}]}},
                "images":[{"image_url":{"url":"data:a/b;base64,AA"},"extra_content":{"google":{"thought_signature":"s"}}}],
                "tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}]},
              {"role":"tool","tool_call_id":"a","content":"{\\"x\\":1}"}],
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",
               "properties":{"a":{"allOf":[{"$ref":"#/$defs/A"},{"type":["string","null"],"enum":["a"],"format":"x"}]},
                 "b":{"anyOf":[{"const":1},{"items":[{"exclusiveMinimum":1,"type":"integer"}]}]}},
               "required":["a"],"additionalProperties":{"$ref":"#/$defs/A"},"$defs":{"A":{"oneOf":[{"type":"string"}]}}}}}],
             "tool_choice":"auto","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},
             "temperature":1,"seed":5,"stop":["a"],"n":2,"reasoning_effort":"low","thinking":{"type":"enabled","budget_tokens":5},
             "reasoning":{"effort":"low"},"thinking_config":{"thinking_budget":1},"modalities":["text"],"service_tier":"flex",
             "safety_settings":[{"category":"a","threshold":"b"}],"labels":{"a":"b"},"google_tools":[{"google_search":{}}],
             "generation_config":{"thinking_config":{"thinking_level":"low"},"top_k":1},"cached_content":"c","user":"u",
             "extra_body":{"tools":[{"url_context":{}}],"google":{"thinking_config":{}}}}\
            """;

    private final Random random = new Random(20_261_123);

    @Test
    void mutated_answers_streams_and_errors_fail_in_order_or_not_at_all() throws Exception {
        var chat = Gemini.translate(Gemini.with("\"n\":1"), Gemini.FLASH_3);
        var embedding =
                new GeminiCodec()
                        .translateEmbedding(
                                (ObjectNode)
                                        json("{\"input\":\"a\",\"encoding_format\":\"base64\"}"),
                                Gemini.target("e"));
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode mutant = mutant();
            try {
                ResponseWriter.write(chat.decode(mutant, Gemini.CONTEXT));
            } catch (ProviderException expected) {
                // Classified.
            }
            try {
                embedding.decode(mutant);
            } catch (ProviderException expected) {
                // Classified.
            }
            stream(chat.streamDecoder(), mutant);
            int status = 400 + random.nextInt(130);
            new GeminiCodec()
                    .classify(
                            new ErrorReply(
                                    status, name -> Optional.of("soon"), Json.bytes(mutant)));
        }
    }

    @Test
    void mutated_requests_are_translated_or_refused() {
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode request = mutant(REQUEST);
            String model = random.nextBoolean() ? Gemini.FLASH_3 : Gemini.FLASH_2_5;
            try {
                ChatRequest read =
                        new RequestScanner(Json.MAX_DEPTH)
                                .scan(Json.bytes(request))
                                .chat(Json.object());
                Json.bytes(
                        new GeminiCodec()
                                .translate(read, Gemini.target(model), random.nextBoolean())
                                .body());
            } catch (MalformedRequestException | ProviderException expected) {
                // The caller is told.
            }
        }
    }

    private void stream(
            io.magicproxy.provider.ChatTranslation.StreamDecoder decoder, JsonNode first) {
        List<StreamEvent> events = new ArrayList<>();
        try {
            decoder.accept("", first, events::add);
            decoder.accept("", mutant(), events::add);
            decoder.accept("message", mutant(), events::add);
        } catch (ProviderException expected) {
            // Classified.
        }
        boolean finished = decoder.finished();
        new ChunkWriter("id", "m", finished ? 1 : 0, true).write(events);
    }

    private JsonNode mutant() {
        return mutant(SEEDS.get(random.nextInt(SEEDS.size())));
    }

    private JsonNode mutant(String seed) {
        ArrayNode holder = Json.object().putArray("a");
        holder.add(json(seed));
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutate(holder);
        }
        return holder.path(0);
    }

    /** Walks down at random and swaps, drops or doubles what it meets. */
    private void mutate(JsonNode node) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> object.set(name, oddity());
                case 1 -> object.remove(name);
                default -> mutate(object.path(name));
            }
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            int at = random.nextInt(array.size());
            switch (random.nextInt(6)) {
                case 0 -> array.set(at, oddity());
                case 1 -> array.add(array.path(at).deepCopy());
                default -> mutate(array.path(at));
            }
        }
    }

    private JsonNode oddity() {
        return ODDITIES.get(random.nextInt(ODDITIES.size())).deepCopy();
    }
}
