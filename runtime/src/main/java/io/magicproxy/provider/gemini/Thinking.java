package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import io.magicproxy.provider.gemini.GeminiModel.ThinkingControl;
import io.magicproxy.provider.gemini.GeminiOptions.Option;
import java.util.List;
import java.util.Optional;

/**
 * How much to think, as {@code thinkingConfig}: Gemini's own {@code thinking_config} as it is, else
 * Anthropic's {@code thinking}, OpenRouter's {@code reasoning}, or OpenAI's {@code
 * reasoning_effort}. Efforts become what Google's OpenAI endpoint makes of them.
 */
record Thinking(GeminiModel model, List<String> notes) {
    private static final int LOW_BUDGET = 1024;
    private static final int MEDIUM_BUDGET = 8192;
    private static final int HIGH_BUDGET = 24576;

    /** Gemini 2.5 Pro can't be told not to think. */
    private static final int PRO_MINIMUM = 128;

    private static final int DYNAMIC = -1;

    Optional<ObjectNode> config(GeminiOptions options) throws ProviderException {
        Optional<Option> own = options.take("thinkingConfig");
        Optional<Option> thinking = options.take("thinking");
        Optional<Option> reasoning = options.take("reasoning");
        Optional<Option> effort = options.take("reasoningEffort");
        if (own.isPresent()) {
            if (!own.get().value().isObject()) {
                throw Faults.caller(own.get().place(), "must be an object");
            }
            return Optional.of(GeminiOptions.camelKeys(own.get().value()));
        }
        Optional<Option> asked = thinking.or(() -> reasoning).or(() -> effort);
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        if (model.thinkingControl() == ThinkingControl.NONE) {
            notes.add(asked.get().place() + ": " + model.name() + " doesn't think");
            return Optional.empty();
        }
        if (thinking.isPresent()) {
            return Optional.of(anthropic(thinking.get()));
        }
        return Optional.of(
                reasoning.isPresent() ? openRouter(reasoning.get()) : effort(effort.orElseThrow()));
    }

    private ObjectNode anthropic(Option option) throws ProviderException {
        JsonNode budget = option.value().path("budget_tokens");
        return switch (Wire.text(option.value(), "type")) {
            case "disabled" -> level("none", option.place());
            case "enabled" ->
                    budget.isInt() ? shown().put("thinkingBudget", budget.intValue()) : dynamic();
            case "adaptive" -> dynamic();
            default ->
                    throw Faults.caller(
                            option.place() + ".type", "must be enabled, adaptive or disabled");
        };
    }

    private ObjectNode openRouter(Option option) throws ProviderException {
        JsonNode value = option.value();
        ObjectNode config;
        if (value.path("max_tokens").isInt()) {
            config = shown().put("thinkingBudget", value.path("max_tokens").intValue());
        } else if (value.path("effort").isTextual()) {
            config = level(value.path("effort").textValue(), option.place() + ".effort");
        } else if (value.path("enabled").isBoolean() && !value.path("enabled").booleanValue()) {
            config = level("none", option.place());
        } else {
            config = dynamic();
        }
        if (value.path("exclude").asBoolean(false)) {
            config.remove("includeThoughts");
        }
        return config;
    }

    private ObjectNode effort(Option option) throws ProviderException {
        return level(Wire.text(option.value()), option.place());
    }

    private ObjectNode level(String effort, String place) throws ProviderException {
        if (!List.of("none", "minimal", "low", "medium", "high", "xhigh", "max").contains(effort)) {
            throw Faults.caller(place, "must be none, minimal, low, medium, high or xhigh");
        }
        if (model.thinkingControl() == ThinkingControl.LEVEL) {
            return byLevel(effort, place);
        }
        return switch (effort) {
            case "none" -> {
                if (model.alwaysThinks()) {
                    notes.add(place + ": " + model.name() + " always thinks; it is told the least");
                }
                yield Json.object().put("thinkingBudget", model.alwaysThinks() ? PRO_MINIMUM : 0);
            }
            case "minimal", "low" -> shown().put("thinkingBudget", LOW_BUDGET);
            case "medium" -> shown().put("thinkingBudget", MEDIUM_BUDGET);
            default -> shown().put("thinkingBudget", HIGH_BUDGET);
        };
    }

    private ObjectNode byLevel(String effort, String place) {
        String least = model.alwaysThinks() ? "LOW" : "MINIMAL";
        return switch (effort) {
            case "none" -> {
                notes.add(place + ": " + model.name() + " always thinks; it is told the least");
                yield Json.object().put("thinkingLevel", least);
            }
            case "minimal" -> shown().put("thinkingLevel", least);
            case "low" -> shown().put("thinkingLevel", "LOW");
            case "medium" ->
                    shown().put("thinkingLevel", model.lacksMediumLevel() ? "HIGH" : "MEDIUM");
            default -> shown().put("thinkingLevel", "HIGH");
        };
    }

    /** As much as the model finds right. */
    private ObjectNode dynamic() {
        return model.thinkingControl() == ThinkingControl.BUDGET
                ? shown().put("thinkingBudget", DYNAMIC)
                : shown();
    }

    /** Who asks for thought wants to read it: without this it is billed, and not sent. */
    private static ObjectNode shown() {
        return Json.object().put("includeThoughts", true);
    }
}
