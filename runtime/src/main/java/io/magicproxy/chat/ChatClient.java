package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.OptionalDouble;

/** Asks a model, through routing and failover. The port that patterns call; blocks. */
public interface ChatClient {
    /**
     * Asks and streams.
     *
     * @param request in OpenAI's format, {@code model} being an alias or a profile
     * @param listener hears the answer while it comes
     * @param stop gives the call up
     */
    ChatOutcome ask(ObjectNode request, ChatListener listener, StopSignal stop)
            throws ChatFailedException;

    /** Hears an answer while it comes. Called by one thread. */
    interface ChatListener {
        void reasoning(String text);

        /** More text; true if nothing that follows counts, so that the call can be ended. */
        boolean text(String text);
    }

    /** Runs an action when the call is to be given up. */
    @FunctionalInterface
    interface StopSignal {
        /** Registers the action, which is run at once if it is too late; closed to take it back. */
        AutoCloseable onStop(Runnable action);
    }

    /**
     * A whole answer.
     *
     * @param message the assistant's, in OpenAI's format
     * @param finish {@code stop}, {@code length}, {@code tool_calls}, {@code cut} if the listener
     *     ended it
     * @param cost in US dollars, if the price is known
     */
    record ChatOutcome(
            ObjectNode message, String finish, Usage usage, OptionalDouble cost, Served by) {}

    /** Who answered. */
    record Served(String profile, String provider, int attempts, int fallbacks, Duration latency) {}

    /** No answer, or only the beginning of one. */
    final class ChatFailedException extends Exception {
        private final String code;
        private final boolean interrupted;

        /**
         * Makes one.
         *
         * @param interrupted a part of the answer had come; another try may well succeed
         */
        public ChatFailedException(String code, String message, boolean interrupted) {
            super(message);
            this.code = code;
            this.interrupted = interrupted;
        }

        public String code() {
            return code;
        }

        public boolean interrupted() {
            return interrupted;
        }

        /** For people. */
        public String text() {
            return String.valueOf(getMessage());
        }
    }
}
