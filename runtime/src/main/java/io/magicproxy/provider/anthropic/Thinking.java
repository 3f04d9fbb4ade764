package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Optional;

/**
 * How much to think: Anthropic's own {@code thinking} as it is, else OpenAI's {@code
 * reasoning_effort} or OpenRouter's {@code reasoning} in the form that the model knows.
 *
 * @param forced whether a tool must be called
 * @param thoughtless whether the conversation ends in tool results of an unthinking turn
 */
record Thinking(
        ClaudeModel model, int maxTokens, boolean forced, boolean thoughtless, List<String> notes) {
    private static final List<String> EFFORTS =
            List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    private static final int LEAST_BUDGET = 1024;
    private static final int MEDIUM_BUDGET = 8192;
    private static final int HIGH_BUDGET = 24_576;

    void write(Extras extras, ObjectNode body) throws ProviderException {
        Optional<JsonNode> own = extras.take("thinking");
        Optional<JsonNode> plain = extras.take("reasoning_effort");
        Optional<JsonNode> reasoning = extras.take("reasoning");
        if (own.isPresent() && !own.get().isObject()) {
            throw Faults.caller("thinking", "must be an object such as {\"type\":\"adaptive\"}");
        }
        own.ifPresent(thinking -> body.set("thinking", thinking));
        if (plain.isPresent()) {
            ask(effort("reasoning_effort", plain.get()), "reasoning_effort", body);
        } else if (reasoning.isPresent()) {
            openRouter(reasoning.get(), body);
        }
    }

    static boolean isOn(ObjectNode body) {
        return body.has("thinking") && !Wire.text(body.path("thinking"), "type").equals("disabled");
    }

    private void openRouter(JsonNode reasoning, ObjectNode body) throws ProviderException {
        JsonNode effort = reasoning.path("effort");
        JsonNode budget = reasoning.path("max_tokens");
        JsonNode enabled = reasoning.path("enabled");
        if (effort.isTextual()) {
            ask(effort("reasoning.effort", effort), "reasoning.effort", body);
        } else if (budget.isInt()) {
            ask(effortFor(budget.intValue()), budget.intValue(), "reasoning.max_tokens", body);
        } else if (enabled.isBoolean()) {
            ask(enabled.booleanValue() ? "medium" : "none", "reasoning.enabled", body);
        }
    }

    private static String effort(String place, JsonNode value) throws ProviderException {
        String effort = Wire.text(value);
        if (!EFFORTS.contains(effort)) {
            throw Faults.caller(place, "must be one of " + String.join(", ", EFFORTS));
        }
        return effort;
    }

    private static String effortFor(int budget) {
        return budget <= LEAST_BUDGET ? "low" : budget <= MEDIUM_BUDGET ? "medium" : "high";
    }

    private void ask(String effort, String place, ObjectNode body) {
        int budget =
                switch (effort) {
                    case "minimal", "low" -> LEAST_BUDGET;
                    case "medium" -> MEDIUM_BUDGET;
                    default -> HIGH_BUDGET;
                };
        ask(effort, budget, place, body);
    }

    private void ask(String effort, int budget, String place, ObjectNode body) {
        if (effort.equals("none")) {
            stop(place, body);
            return;
        }
        switch (model.thinkingControl()) {
            case NONE -> notes.add(place + ": " + model.name() + " doesn't think");
            case BUDGET -> byBudget(budget, place, body);
            case EFFORT -> byEffort(effort, body);
        }
    }

    private void stop(String place, ObjectNode body) {
        if (body.has("thinking") || !model.thinksUnasked()) {
            return;
        }
        switch (model.thinkingSwitch()) {
            case DISABLED -> body.putObject("thinking").put("type", "disabled");
            case BETWEEN_TOOLS -> body.putObject("thinking").put("type", "between_tools");
            case NONE -> {
                notes.add(
                        place + ": " + model.name() + " always thinks; it is told to do so least");
                outputConfig(body).put("effort", "low");
            }
        }
    }

    private void byEffort(String effort, ObjectNode body) {
        if (!body.has("thinking")) {
            ObjectNode thinking = body.putObject("thinking").put("type", "adaptive");
            if (model.hidesThoughts()) {
                // Who asks for thought wants to read it.
                thinking.put("display", "summarized");
            }
        }
        String known =
                switch (effort) {
                    case "minimal" -> "low";
                    case "xhigh" -> model.knowsEffortXhigh() ? "xhigh" : "high";
                    default -> effort;
                };
        outputConfig(body).put("effort", known);
    }

    private void byBudget(int wanted, String place, ObjectNode body) {
        if (body.has("thinking")) {
            return;
        }
        if (forced) {
            notes.add(
                    place + ": no thinking while tool_choice forces " + model.name() + " to call");
        } else if (thoughtless) {
            notes.add(place + ": without the thoughts that led to its tool calls, no thinking now");
        } else if (maxTokens <= LEAST_BUDGET) {
            notes.add(place + ": thinking takes a max_tokens above " + LEAST_BUDGET);
        } else {
            // Half of the tokens stay for the answer.
            int budget = Math.min(wanted, Math.max(LEAST_BUDGET, maxTokens / 2));
            body.putObject("thinking")
                    .put("type", "enabled")
                    .put("budget_tokens", Math.max(LEAST_BUDGET, budget));
        }
    }

    static ObjectNode outputConfig(ObjectNode body) {
        return body.path("output_config") instanceof ObjectNode config
                ? config
                : body.putObject("output_config");
    }
}
