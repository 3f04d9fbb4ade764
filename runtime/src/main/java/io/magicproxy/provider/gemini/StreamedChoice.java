package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.ToolCall;
import java.util.function.Consumer;

/** One choice of a streamed answer: passes parts on as events. */
final class StreamedChoice implements Parts.Sink {
    private final int index;
    private final ObjectNode details = Json.object();
    private Consumer<StreamEvent> out;
    private int calls;
    private int images;
    private boolean spoke;
    private boolean finished;

    StreamedChoice(int index, Consumer<StreamEvent> out) {
        this.index = index;
        this.out = out;
    }

    /** Where the events of the next parts go. */
    void out(Consumer<StreamEvent> next) {
        this.out = next;
    }

    /** Ratings and the like come again and again; only the last word is passed on. */
    void keep(ObjectNode more) {
        details.setAll(more);
    }

    void finish(FinishReason reason) {
        if (!details.isEmpty()) {
            out.accept(new StreamEvent.Extra(index, details.deepCopy()));
        }
        finished = true;
        out.accept(new StreamEvent.Finished(index, reason));
    }

    boolean finished() {
        return finished;
    }

    /** Whether there was an answer, thoughts aside. */
    boolean spoke() {
        return spoke;
    }

    boolean calledTools() {
        return calls > 0;
    }

    @Override
    public void text(String text) {
        spoke = true;
        out.accept(new StreamEvent.Content(index, text));
    }

    @Override
    public void thought(String text) {
        out.accept(new StreamEvent.Reasoning(index, text));
    }

    @Override
    public void signature(String signature) {
        out.accept(new StreamEvent.Extra(index, Signatures.wire(signature)));
    }

    @Override
    public void call(ToolCall call) {
        spoke = true;
        out.accept(new StreamEvent.ToolCallStart(index, calls++, call));
    }

    @Override
    public void image(ObjectNode image) {
        spoke = true;
        ObjectNode fields = Json.object();
        fields.putArray("images").add(image.put("index", images++));
        out.accept(new StreamEvent.Extra(index, fields));
    }

    @Override
    public void other(JsonNode part) {
        spoke = true;
        ObjectNode fields = Json.object();
        Signatures.google(fields).putArray("parts").add(part);
        out.accept(new StreamEvent.Extra(index, fields));
    }
}
