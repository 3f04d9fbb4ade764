package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the body and the headers of a call to {@code /v1/messages}. */
final class RequestTranslation {
    static final String API_VERSION = "2023-06-01";

    private final ChatRequest request;
    private final ProviderTarget target;
    private final ClaudeModel model;
    private final Extras extras;
    private final List<String> notes = new ArrayList<>();
    private final ObjectNode body = Json.object();

    private RequestTranslation(ChatRequest request, ProviderTarget target) {
        this.request = request;
        this.target = target;
        this.model = ClaudeModel.of(target.model());
        this.extras = new Extras(request.rest());
    }

    static AnthropicChat translate(ChatRequest request, ProviderTarget target, boolean stream)
            throws ProviderException {
        return new RequestTranslation(request, target).build(stream);
    }

    private AnthropicChat build(boolean stream) throws ProviderException {
        refuseOldFunctions();
        Optional<JsonNode> betas = extras.take("betas");
        Conversation conversation = Conversation.of(request.messages(), notes);
        int maxTokens = request.sampling().maxTokens().orElseGet(this::enoughTokens);
        body.put("model", target.model());
        body.put("max_tokens", maxTokens);
        body.set("system", conversation.system());
        body.set("messages", conversation.messages());
        new Tools(model, notes).write(request, conversation, body);
        new Thinking(model, maxTokens, forced(), conversation.endsInThoughtlessToolUse(), notes)
                .write(extras, body);
        new SamplingFields(model, notes)
                .write(request.sampling(), extras.take("top_k"), Thinking.isOn(body), body);
        request.responseFormat()
                .ifPresent(f -> new OutputForm(model, notes).write(f, conversation, body));
        new Account(notes).write(extras, body);
        extras.passOn(body, notes);
        if (body.path("system").isEmpty()) {
            body.remove("system");
        }
        if (stream) {
            body.put("stream", true);
        }
        return new AnthropicChat(target.model(), path(), headers(betas), body, List.copyOf(notes));
    }

    private void refuseOldFunctions() throws ProviderException {
        if (extras.has("functions")) {
            throw Faults.caller("functions", "is OpenAI's old form; send them as tools");
        }
    }

    private boolean forced() {
        return !request.tools().isEmpty()
                && request.toolChoice()
                        .filter(c ->
                                c instanceof ToolChoice.Required
                                        || c instanceof ToolChoice.Function)
                        .isPresent();
    }

    /** A caller who names a budget for thoughts and no limit wants an answer behind them. */
    private int enoughTokens() {
        int standard = model.defaultMaxTokens();
        JsonNode budget = request.rest().path("thinking").path("budget_tokens");
        return budget.isInt() && budget.intValue() >= standard
                ? (int) Math.min(Integer.MAX_VALUE, (long) budget.intValue() + standard)
                : standard;
    }

    /** Other servers of this API are often named with their {@code /v1}. */
    private String path() {
        String base = target.base().getPath();
        return base != null && base.endsWith("/v1") ? "/messages" : "/v1/messages";
    }

    private Map<String, String> headers(Optional<JsonNode> betas) throws ProviderException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anthropic-version", target.apiVersion().orElse(API_VERSION));
        Betas.header(betas, body).ifPresent(names -> headers.put("anthropic-beta", names));
        return Map.copyOf(headers);
    }
}
