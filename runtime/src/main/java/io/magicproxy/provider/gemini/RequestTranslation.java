package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.Wire;
import io.magicproxy.provider.gemini.GeminiOptions.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Builds the body of {@code generateContent}. */
final class RequestTranslation {
    private final ChatRequest request;
    private final ProviderTarget target;
    private final GeminiModel model;
    private final GeminiOptions options;
    private final List<String> notes = new ArrayList<>();
    private final ObjectNode body = Json.object();

    private RequestTranslation(ChatRequest request, ProviderTarget target) {
        this.request = request;
        this.target = target;
        this.model = new GeminiModel(target.model());
        this.options = GeminiOptions.of(request.rest());
    }

    static GeminiChat translate(ChatRequest request, ProviderTarget target, boolean stream)
            throws ProviderException {
        return new RequestTranslation(request, target).build(stream);
    }

    private GeminiChat build(boolean stream) throws ProviderException {
        new Contents(model, new Media(target.base().toString()), notes)
                .write(request.messages(), body);
        Tools.write(request, options, notes, body);
        safety();
        ObjectNode config = GenerationConfig.of(request, model, options, notes, stream);
        if (!config.isEmpty()) {
            body.set("generationConfig", config);
        }
        options.take("cachedContent").ifPresent(o -> body.set("cachedContent", o.value()));
        labels();
        serviceTier();
        GeminiOptions.merge(body, options.asked());
        options.ignored().forEach(name -> notes.add(name + ": Gemini has no such field"));
        return new GeminiChat(model, body, List.copyOf(notes), stream);
    }

    private void safety() throws ProviderException {
        Optional<Option> settings = options.take("safetySettings");
        if (settings.isEmpty()) {
            return;
        }
        if (!settings.get().value().isArray()) {
            throw Faults.caller(
                    settings.get().place(), "must be a list of {\"category\", \"threshold\"}");
        }
        ArrayNode wire = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : settings.get().value()) {
            if (!item.isObject()) {
                throw Faults.caller(
                        settings.get().place() + "[" + wire.size() + "]",
                        "must be {\"category\", \"threshold\"}");
            }
            wire.add(GeminiOptions.camelKeys(item));
        }
        body.set("safetySettings", wire);
    }

    /** Vertex bills by labels; the Gemini API answers 400 for them. */
    private void labels() {
        Optional<Option> labels = options.take("labels");
        if (labels.isEmpty()) {
            return;
        }
        String host = target.base().getHost();
        if (labels.get().asked() || (host != null && host.endsWith("aiplatform.googleapis.com"))) {
            body.set("labels", labels.get().value());
        } else {
            notes.add(labels.get().place() + ": known to Vertex AI only");
        }
    }

    private void serviceTier() {
        options.take("serviceTier")
                .map(option -> Wire.text(option.value()).toLowerCase(Locale.ROOT))
                .ifPresent(tier -> {
                    switch (tier) {
                        case "auto", "default", "standard" -> {
                            // What Gemini does unasked.
                        }
                        default -> body.put("serviceTier", tier);
                    }
                });
    }
}
