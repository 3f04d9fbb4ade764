package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/**
 * All that a run begins with. Pinned by its first journal entry: a replay is given the same.
 *
 * @param alias whose models the pattern asks when it names no other
 * @param history earlier messages, in OpenAI's format
 * @param attachments content parts that belong to the query
 * @param params for the pattern, checked against its schema
 * @param options for model calls, {@code temperature} and the like
 * @param finalOptions for the final answer, {@code response_format} and the like
 */
public record PatternInput(
        String sessionId,
        String alias,
        String query,
        ArrayNode history,
        ArrayNode attachments,
        ObjectNode params,
        Instructions instructions,
        List<ToolInfo> tools,
        int maxSteps,
        ObjectNode options,
        ObjectNode finalOptions,
        long seed,
        Instant time) {

    /** The words of others than the pattern; manifests are texts. Any may be blank. */
    public record Instructions(
            String client, List<String> clientManifests, String server, List<String> manifests) {
        public static Instructions none() {
            return new Instructions("", List.of(), "", List.of());
        }
    }
}
