package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.EmbeddingTranslation;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/**
 * Embeddings through {@code batchEmbedContents}, as Google's own SDKs ask for them, one text or
 * many.
 *
 * @param base64 whether the caller wants little-endian floats in base64
 */
record GeminiEmbedding(GeminiModel model, ObjectNode body, boolean base64)
        implements EmbeddingTranslation {

    static GeminiEmbedding of(ObjectNode request, GeminiModel model) throws ProviderException {
        GeminiOptions options = GeminiOptions.of(request);
        String format = request.path("encoding_format").asText("float");
        if (!List.of("float", "base64", "null").contains(format)) {
            throw Faults.caller("encoding_format", "must be float or base64");
        }
        ObjectNode settings = Json.object();
        JsonNode dimensions = request.path("dimensions");
        if (!dimensions.isMissingNode() && !dimensions.isNull()) {
            if (!dimensions.canConvertToExactIntegral() || dimensions.asInt() <= 0) {
                throw Faults.caller("dimensions", "must be a whole number above 0");
            }
            settings.put("outputDimensionality", dimensions.asInt());
        }
        for (String name : List.of("taskType", "title")) {
            options.take(name).ifPresent(option -> settings.set(name, option.value()));
        }
        ObjectNode body = Json.object();
        ArrayNode requests = body.putArray("requests");
        for (String text : texts(request.path("input"))) {
            ObjectNode one = requests.addObject().put("model", model.resource());
            one.putObject("content").putArray("parts").addObject().put("text", text);
            one.setAll(settings);
        }
        return new GeminiEmbedding(model, body, format.equals("base64"));
    }

    private static List<String> texts(JsonNode input) throws ProviderException {
        if (input.isTextual()) {
            return List.of(input.textValue());
        }
        if (!input.isArray() || input.isEmpty()) {
            throw Faults.caller("input", "must be a string or a list of strings, not empty");
        }
        var texts = new java.util.ArrayList<String>();
        for (JsonNode text : input) {
            if (!text.isTextual()) {
                throw Faults.caller(
                        "input", "must be text: Gemini doesn't know the tokens of other models");
            }
            texts.add(text.textValue());
        }
        return texts;
    }

    @Override
    public String path() {
        return model.path("batchEmbedContents");
    }

    @Override
    public ObjectNode decode(JsonNode reply) throws ProviderException {
        JsonNode answer = Replies.checked(reply);
        JsonNode embeddings = answer.path("embeddings");
        int asked = body.path("requests").size();
        if (embeddings.size() != asked) {
            throw Faults.transientAnswer(
                    "Gemini answered " + embeddings.size() + " embeddings for " + asked + " texts");
        }
        ObjectNode out = Json.object().put("object", "list");
        ArrayNode data = out.putArray("data");
        for (JsonNode embedding : embeddings) {
            ObjectNode one = data.addObject().put("object", "embedding");
            one.put("index", data.size() - 1);
            one.set("embedding", vector(embedding.path("values")));
        }
        out.put("model", model.name());
        JsonNode used = answer.path("usageMetadata").path("promptTokenCount");
        if (used.canConvertToInt()) {
            ObjectNode usage = out.putObject("usage");
            usage.put("prompt_tokens", used.intValue()).put("total_tokens", used.intValue());
        }
        return out;
    }

    private JsonNode vector(JsonNode values) throws ProviderException {
        for (JsonNode value : values) {
            if (!value.isNumber()) {
                throw Faults.transientAnswer("Gemini's embedding holds something but numbers");
            }
        }
        if (!values.isArray() || values.isEmpty()) {
            throw Faults.transientAnswer("Gemini answered an embedding without values");
        }
        if (!base64) {
            return values;
        }
        ByteBuffer floats =
                ByteBuffer.allocate(values.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode value : values) {
            floats.putFloat(value.floatValue());
        }
        return Json.object().textNode(Base64.getEncoder().encodeToString(floats.array()));
    }
}
