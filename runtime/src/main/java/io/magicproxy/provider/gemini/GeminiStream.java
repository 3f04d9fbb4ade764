package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.provider.ChatTranslation.StreamDecoder;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of partial answers. Gemini sends no end mark: the stream is whole once each
 * candidate that has begun has told its finish reason.
 */
final class GeminiStream implements StreamDecoder {
    private final GeminiModel model;
    private final Map<Integer, StreamedChoice> choices = new HashMap<>();
    private @Nullable CallIds ids;

    GeminiStream(GeminiModel model) {
        this.model = model;
    }

    @Override
    public void accept(String event, JsonNode data, Consumer<StreamEvent> out)
            throws ProviderException {
        JsonNode answer = Replies.checked(data);
        CallIds callIds = begin(answer, out);
        JsonNode candidates = answer.path("candidates");
        if (candidates.isEmpty() && answer.path("promptFeedback").has("blockReason")) {
            throw Finish.nothing(answer);
        }
        // On every event, the last one counts; also on a last one that still says something.
        if (answer.path("usageMetadata").isObject()) {
            out.accept(new StreamEvent.UsageReport(Tokens.usage(answer.path("usageMetadata"))));
        }
        for (int i = 0; i < candidates.size(); i++) {
            candidate(Replies.index(candidates.path(i), i), candidates.path(i), callIds, out);
        }
    }

    private CallIds begin(JsonNode answer, Consumer<StreamEvent> out) {
        CallIds known = ids;
        if (known != null) {
            return known;
        }
        String version = Wire.text(answer, "modelVersion");
        out.accept(
                new StreamEvent.Started(
                        Wire.text(answer, "responseId"),
                        version.isEmpty() ? model.name() : version));
        CallIds made = CallIds.of(answer);
        ids = made;
        return made;
    }

    private void candidate(
            int index, JsonNode candidate, CallIds callIds, Consumer<StreamEvent> out)
            throws ProviderException {
        StreamedChoice choice =
                choices.computeIfAbsent(index, number -> new StreamedChoice(number, out));
        choice.out(out);
        Parts.read(candidate, callIds, choice);
        choice.keep(Finish.details(candidate));
        String reason = Wire.text(candidate, "finishReason");
        if (reason.isEmpty() || reason.equals("FINISH_REASON_UNSPECIFIED") || choice.finished()) {
            return;
        }
        if (Finish.stumbled(reason) && choices.values().stream().noneMatch(StreamedChoice::spoke)) {
            throw Finish.stumble(candidate);
        }
        choice.finish(Finish.reason(reason, choice.calledTools()));
    }

    @Override
    public boolean finished() {
        return !choices.isEmpty() && choices.values().stream().allMatch(StreamedChoice::finished);
    }
}
