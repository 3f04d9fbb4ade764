package io.magicproxy.server.drills;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A streamed answer of a model, one event for each token. */
public final class ModelReply {
    private ModelReply() {}

    /** So many tokens: {@code prefix0 prefix1 …}. */
    public static String[] tokens(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i + " ").toArray(String[]::new);
    }

    public static Reply of(String... tokens) {
        List<String> events = new ArrayList<>();
        for (String token : tokens) {
            events.add(chunk(Json.object().put("content", token), ""));
        }
        events.add(chunk(Json.object(), "stop"));
        events.add("[DONE]");
        return Reply.sse(events.toArray(String[]::new));
    }

    private static String chunk(ObjectNode delta, String finish) {
        ObjectNode chunk = Json.object().put("id", "c1").put("object", "chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        if (finish.isEmpty()) {
            choice.putNull("finish_reason");
        } else {
            choice.put("finish_reason", finish);
            chunk.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3);
        }
        return Json.text(chunk);
    }

    /** The last message's text. */
    public static String question(ReceivedRequest request) {
        try {
            JsonNode messages = Json.read(request.text()).path("messages");
            return messages.path(messages.size() - 1).path("content").asText();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
