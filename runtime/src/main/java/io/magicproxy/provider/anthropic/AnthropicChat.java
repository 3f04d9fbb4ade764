package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call to {@code /v1/messages}, and the way back for its answer. */
record AnthropicChat(
        String model, String path, Map<String, String> headers, ObjectNode body, List<String> notes)
        implements ChatTranslation {

    /** Fields of an answer that its caller may need to go on. */
    private static final List<String> KEPT = List.of("container", "context_management");

    @Override
    public ChatResponse decode(JsonNode reply, ReplyContext context) throws ProviderException {
        if (reply.path("error").isObject()) {
            throw new ProviderException(AnthropicErrors.inBand(reply.path("error")));
        }
        JsonNode content = reply.path("content");
        if (!content.isArray()) {
            throw Faults.transientAnswer("Anthropic's answer is not a message");
        }
        Answer answer = new Answer();
        content.forEach(answer::add);
        Ending ending = new Ending(reply);
        ChatResponse.Choice choice =
                new ChatResponse.Choice(
                        0,
                        answer.message(ending.refusal()),
                        ending.reason(answer.calledTools()),
                        Optional.empty(),
                        ending.details());
        return new ChatResponse(
                or(Wire.text(reply, "id"), context.id()),
                or(Wire.text(reply, "model"), model),
                context.created(),
                List.of(choice),
                Tokens.NONE.and(reply.path("usage")).usage(),
                rest(reply));
    }

    private static String or(String told, String otherwise) {
        return told.isEmpty() ? otherwise : told;
    }

    static ObjectNode rest(JsonNode reply) {
        ObjectNode rest = Json.object();
        for (String name : KEPT) {
            if (reply.path(name).isObject()) {
                rest.set(name, reply.path(name));
            }
        }
        return rest;
    }

    @Override
    public StreamDecoder streamDecoder() {
        return new AnthropicStream();
    }
}
