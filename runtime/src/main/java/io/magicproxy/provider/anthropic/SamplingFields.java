package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Sampling;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * How the answer is drawn. What a model doesn't take is left out with a note, unless it is the
 * default anyway.
 */
record SamplingFields(ClaudeModel model, List<String> notes) {
    /** The least that Anthropic takes while the model thinks. */
    private static final BigDecimal LEAST_THINKING_TOP_P = new BigDecimal("0.95");

    void write(Sampling sampling, Optional<JsonNode> topK, boolean thinking, ObjectNode body)
            throws ProviderException {
        if (sampling.n().orElse(1) != 1) {
            throw Faults.caller(
                    "n", "must be 1: Anthropic gives one answer; send the request several times");
        }
        temperature(sampling, thinking, body);
        topP(sampling, thinking, body);
        topK.ifPresent(k -> {
            if (!model.takesSampling() || thinking) {
                dropped("top_k", thinking);
            } else {
                body.set("top_k", k);
            }
        });
        stop(sampling.stop(), body);
        ignored(sampling);
    }

    private void temperature(Sampling sampling, boolean thinking, ObjectNode body) {
        if (sampling.temperature().isEmpty()) {
            return;
        }
        BigDecimal wanted = sampling.temperature().get();
        boolean standard = wanted.compareTo(BigDecimal.ONE) == 0;
        if (!model.takesSampling() || thinking) {
            if (!standard) {
                dropped("temperature", thinking);
            }
        } else if (wanted.compareTo(BigDecimal.ONE) > 0) {
            notes.add(
                    "temperature "
                            + wanted.toPlainString()
                            + " is above anthropic's highest; 1 is sent");
            body.put("temperature", BigDecimal.ONE);
        } else {
            body.put("temperature", wanted);
        }
    }

    private void topP(Sampling sampling, boolean thinking, ObjectNode body) {
        if (sampling.topP().isEmpty()) {
            return;
        }
        BigDecimal wanted = sampling.topP().get();
        boolean standard = wanted.compareTo(BigDecimal.ONE) == 0;
        boolean fits = !thinking || wanted.compareTo(LEAST_THINKING_TOP_P) >= 0;
        if (!model.takesSampling() || !fits) {
            if (!standard) {
                dropped("top_p", thinking);
            }
        } else if (body.has("temperature") && !model.takesBothSamplings()) {
            if (!standard) {
                notes.add("top_p: " + model.name() + " takes it or temperature, not both");
            }
        } else {
            body.put("top_p", wanted);
        }
    }

    private void dropped(String name, boolean thinking) {
        notes.add(
                model.takesSampling() && thinking
                        ? name + " has no effect while " + model.name() + " thinks"
                        : name + " has no effect on " + model.name());
    }

    private void stop(List<String> words, ObjectNode body) {
        ArrayNode wire = body.arrayNode();
        for (String word : words) {
            if (word.isBlank()) {
                notes.add("stop: anthropic takes no sequence of white space only; one is left out");
            } else {
                wire.add(word);
            }
        }
        if (!wire.isEmpty()) {
            body.set("stop_sequences", wire);
        }
    }

    private void ignored(Sampling sampling) {
        note("seed", sampling.seed().isPresent());
        note(
                "presence_penalty",
                sampling.presencePenalty().filter(p -> p.signum() != 0).isPresent());
        note(
                "frequency_penalty",
                sampling.frequencyPenalty().filter(p -> p.signum() != 0).isPresent());
        note("logprobs", sampling.logprobs().orElse(false));
        note("top_logprobs", sampling.topLogprobs().isPresent());
    }

    private void note(String name, boolean asked) {
        if (asked) {
            notes.add(name + " has no effect on anthropic");
        }
    }
}
