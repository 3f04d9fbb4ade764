package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Unit vectors of word hashes: texts with common words lie nearer to each other. */
final class Embeddings {
    private static final int DIMENSIONS = 256;
    private static final int MAX_DIMENSIONS = 4096;

    private Embeddings() {}

    static ObjectNode answer(ObjectNode request, String model) {
        int dimensions =
                Math.clamp(request.path("dimensions").asInt(DIMENSIONS), 1, MAX_DIMENSIONS);
        boolean base64 = request.path("encoding_format").asText().equals("base64");
        ObjectNode answer = Json.object().put("object", "list").put("model", model);
        ArrayNode data = answer.putArray("data");
        long tokens = 0;
        for (String text : texts(request.path("input"))) {
            float[] vector = vector(text, dimensions);
            ObjectNode item =
                    data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) {
                item.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float v : vector) {
                    numbers.add(v);
                }
            }
            tokens += words(text).length;
        }
        answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }

    /** A text, a list of texts, tokens, or a list of tokens. */
    private static List<String> texts(JsonNode input) {
        if (!input.isArray() || input.path(0).isNumber()) {
            return List.of(input.isTextual() ? input.textValue() : input.toString());
        }
        List<String> texts = new ArrayList<>();
        input.forEach(item -> texts.add(item.isTextual() ? item.textValue() : item.toString()));
        return texts;
    }

    private static float[] vector(String text, int dimensions) {
        float[] vector = new float[dimensions];
        for (String word : words(text)) {
            vector[Math.floorMod(word.hashCode() * 31, dimensions)] +=
                    (word.hashCode() & 1) == 0 ? 1 : -1;
        }
        double length = 0;
        for (float v : vector) {
            length += v * v;
        }
        if (length == 0) {
            vector[0] = 1;
            length = 1;
        }
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(length));
        }
        return vector;
    }

    private static String[] words(String text) {
        return text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1);
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes =
                ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : vector) {
            bytes.putFloat(v);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
