package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One request to {@code generateContent}, and the way back for its answer. */
record GeminiChat(GeminiModel model, ObjectNode body, List<String> notes, boolean stream)
        implements ChatTranslation {

    @Override
    public String path() {
        return model.path(stream ? "streamGenerateContent?alt=sse" : "generateContent");
    }

    @Override
    public Map<String, String> headers() {
        return Map.of();
    }

    @Override
    public ChatResponse decode(JsonNode reply, ReplyContext context) throws ProviderException {
        JsonNode answer = Replies.checked(reply);
        JsonNode candidates = answer.path("candidates");
        if (!candidates.isArray() || candidates.isEmpty()) {
            throw Finish.nothing(answer);
        }
        String id = Wire.text(answer, "responseId");
        String version = Wire.text(answer, "modelVersion");
        return new ChatResponse(
                id.isEmpty() ? context.id() : id,
                version.isEmpty() ? model.name() : version,
                context.created(),
                choices(answer, candidates),
                Tokens.usage(answer.path("usageMetadata")),
                rest(answer));
    }

    private static List<ChatResponse.Choice> choices(JsonNode answer, JsonNode candidates)
            throws ProviderException {
        CallIds ids = CallIds.of(answer);
        List<ChatResponse.Choice> choices = new ArrayList<>();
        boolean empty = true;
        for (JsonNode candidate : candidates) {
            WholeMessage message = new WholeMessage();
            Parts.read(candidate, ids, message);
            empty &= message.isEmpty();
            choices.add(
                    new ChatResponse.Choice(
                            Replies.index(candidate, choices.size()),
                            message.message(),
                            Finish.reason(
                                    Wire.text(candidate, "finishReason"), message.calledTools()),
                            Logprobs.of(candidate),
                            Finish.details(candidate)));
        }
        JsonNode first = candidates.path(0);
        if (empty && Finish.stumbled(Wire.text(first, "finishReason"))) {
            throw Finish.stumble(first);
        }
        return List.copyOf(choices);
    }

    private static ObjectNode rest(JsonNode answer) {
        ObjectNode rest = Json.object();
        JsonNode feedback = answer.path("promptFeedback");
        if (!feedback.isEmpty()) {
            rest.set("prompt_feedback", feedback);
        }
        return rest;
    }

    @Override
    public StreamDecoder streamDecoder() {
        return new GeminiStream(model);
    }
}
