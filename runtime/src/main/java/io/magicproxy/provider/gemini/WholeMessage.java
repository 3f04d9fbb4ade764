package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers a candidate's parts into one message. */
final class WholeMessage implements Parts.Sink {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final ObjectNode rest = Json.object();

    Message.Assistant message() {
        return new Message.Assistant(
                text.isEmpty() ? List.of() : List.of(new ContentPart.Text(text.toString())),
                List.copyOf(calls),
                thoughts.isEmpty() ? Optional.empty() : Optional.of(thoughts.toString()),
                List.of(),
                rest);
    }

    boolean calledTools() {
        return !calls.isEmpty();
    }

    /** Whether there is an answer, thoughts aside. */
    boolean isEmpty() {
        return text.isEmpty()
                && calls.isEmpty()
                && !rest.has("images")
                && rest.path("extra_content").path("google").path("parts").isEmpty();
    }

    @Override
    public void text(String more) {
        text.append(more);
    }

    @Override
    public void thought(String more) {
        thoughts.append(more);
    }

    @Override
    public void signature(String signature) {
        Signatures.google(rest).put("thought_signature", signature);
    }

    @Override
    public void call(ToolCall call) {
        calls.add(call);
    }

    @Override
    public void image(ObjectNode image) {
        var images = rest.withArrayProperty("images");
        images.add(image.put("index", images.size()));
    }

    @Override
    public void other(JsonNode part) {
        Signatures.google(rest).withArrayProperty("parts").add(part);
    }
}
