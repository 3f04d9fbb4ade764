package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;

/** What whole answers and streamed ones have in common. */
final class Replies {
    /** More answers than anybody may ask for. */
    private static final int MAX_INDEX = 1000;

    private Replies() {}

    /** The answer itself: Google wraps some in a list, and may put an error in its place. */
    static JsonNode checked(JsonNode reply) throws ProviderException {
        JsonNode answer = reply.isArray() && !reply.isEmpty() ? reply.path(0) : reply;
        if (!answer.isObject()) {
            throw Faults.transientAnswer("Gemini's answer is not a JSON object");
        }
        if (answer.path("error").isObject()) {
            throw new ProviderException(GeminiErrors.inBand(answer.path("error")));
        }
        return answer;
    }

    /** A candidate's number; zero is left out on Google's wire. */
    static int index(JsonNode candidate, int position) {
        JsonNode index = candidate.path("index");
        return index.canConvertToInt() && index.intValue() >= 0 && index.intValue() < MAX_INDEX
                ? index.intValue()
                : position;
    }
}
