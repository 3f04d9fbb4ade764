package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
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
    private static final int ROUNDS = 10_000;

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
        ArrayNode holder = Json.object().putArray("a");
        holder.add(json(SEEDS.get(random.nextInt(SEEDS.size()))));
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
