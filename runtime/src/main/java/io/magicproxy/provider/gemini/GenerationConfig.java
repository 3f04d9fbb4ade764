package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ResponseFormat;
import io.magicproxy.chat.Sampling;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import io.magicproxy.provider.gemini.GeminiOptions.Option;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the answer is drawn, as {@code generationConfig}. */
final class GenerationConfig {
    /** Gemini's own settings that a caller may name at the top level. */
    private static final List<String> OWN =
            List.of("topK", "responseModalities", "mediaResolution", "speechConfig", "imageConfig");

    private GenerationConfig() {}

    static ObjectNode of(
            ChatRequest request,
            GeminiModel model,
            GeminiOptions options,
            List<String> notes,
            boolean stream)
            throws ProviderException {
        ObjectNode config = sampling(request.sampling(), notes, stream);
        if (request.responseFormat().isPresent()) {
            format(request.responseFormat().get(), config);
        }
        modalities(options, config);
        for (String name : OWN) {
            options.take(name).ifPresent(option -> config.set(name, option.value()));
        }
        new Thinking(model, notes)
                .config(options)
                .ifPresent(thinking -> config.set("thinkingConfig", thinking));
        Optional<Option> explicit = options.take("generationConfig");
        if (explicit.isPresent()) {
            if (!explicit.get().value().isObject()) {
                throw Faults.caller(explicit.get().place(), "must be an object");
            }
            merge(config, GeminiOptions.camelKeys(explicit.get().value()));
        }
        return config;
    }

    private static ObjectNode sampling(Sampling sampling, List<String> notes, boolean stream) {
        ObjectNode config = Json.object();
        sampling.temperature().ifPresent(t -> config.put("temperature", t));
        sampling.topP().ifPresent(p -> config.put("topP", p));
        sampling.maxTokens().ifPresent(max -> config.put("maxOutputTokens", max));
        if (!sampling.stop().isEmpty()) {
            ArrayNode stop = config.putArray("stopSequences");
            sampling.stop().forEach(stop::add);
        }
        sampling.n().filter(n -> n != 1).ifPresent(n -> config.put("candidateCount", n));
        // Gemini's seed has 32 bits; folding keeps equal seeds equal.
        sampling.seed().ifPresent(seed -> config.put("seed", fold(seed)));
        sampling.presencePenalty().ifPresent(p -> config.put("presencePenalty", p));
        sampling.frequencyPenalty().ifPresent(p -> config.put("frequencyPenalty", p));
        if (sampling.logprobs().orElse(false)) {
            if (stream) {
                notes.add("logprobs: not given in a stream from Gemini");
            } else {
                config.put("responseLogprobs", true);
                sampling.topLogprobs().ifPresent(top -> config.put("logprobs", top));
            }
        }
        return config;
    }

    private static int fold(long seed) {
        return seed == (int) seed ? (int) seed : Long.hashCode(seed);
    }

    private static void format(ResponseFormat format, ObjectNode config) throws ProviderException {
        switch (format) {
            case ResponseFormat.Text _ -> {
                // Gemini's default.
            }
            case ResponseFormat.JsonObject _ -> config.put("responseMimeType", "application/json");
            case ResponseFormat.JsonSchema json -> {
                config.put("responseMimeType", "application/json");
                config.set(
                        "responseJsonSchema",
                        JsonSchemas.translate("response_format.json_schema.schema", json.schema()));
            }
        }
    }

    /** OpenAI's {@code modalities: ["text", "image"]}. */
    private static void modalities(GeminiOptions options, ObjectNode config) {
        Optional<Option> modalities = options.take("modalities");
        if (modalities.isPresent()) {
            ArrayNode wire = config.putArray("responseModalities");
            for (JsonNode name : modalities.get().value()) {
                wire.add(Wire.text(name).toUpperCase(Locale.ROOT));
            }
        }
    }

    private static void merge(ObjectNode config, ObjectNode explicit) {
        if (explicit.path("thinkingConfig") instanceof ObjectNode thinking) {
            explicit.set("thinkingConfig", GeminiOptions.camelKeys(thinking));
            // A level and a budget together are refused, so the explicit one stands alone.
            config.remove("thinkingConfig");
        }
        if (explicit.has("responseSchema") || explicit.has("responseJsonSchema")) {
            config.remove("responseJsonSchema");
        }
        GeminiOptions.merge(config, explicit);
    }
}
