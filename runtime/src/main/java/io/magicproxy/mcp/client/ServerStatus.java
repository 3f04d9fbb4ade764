package io.magicproxy.mcp.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a remote server fares.
 *
 * @param endpoint where it is, without anything secret
 * @param tools how many of its tools are offered
 * @param problems of its tools: names that clash, schemas that are none
 */
public record ServerStatus(
        String name, String endpoint, State state, int tools, List<String> problems) {

    /** Where it is in its life. */
    public sealed interface State {
        /** The first attempt is under way. */
        record Connecting() implements State {}

        /**
         * Its tools can be called.
         *
         * @param server what it calls itself
         */
        record Connected(Instant since, String server) implements State {}

        /**
         * Its tools are left out.
         *
         * @param nextTry absent while one is under way
         */
        record Down(Instant since, String reason, Optional<Instant> nextTry) implements State {}
    }

    /** As metrics and the API write it. */
    public String label() {
        return switch (state) {
            case State.Connecting _ -> "connecting";
            case State.Connected _ -> "connected";
            case State.Down _ -> "down";
        };
    }
}
