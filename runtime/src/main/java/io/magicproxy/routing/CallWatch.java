package io.magicproxy.routing;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Hears how one call of an upstream goes, from before it is made to its last byte. */
public interface CallWatch {
    /** Hears nothing. */
    CallWatch NONE = new CallWatch() {};

    /** Headers that go along. */
    default Map<String, String> headers() {
        return Map.of();
    }

    default void asked(RequestBody request) {}

    /** All of an answer has come. */
    default void answered(JsonReply reply) {}

    /**
     * A stream's first output has come.
     *
     * @param after the call was made
     */
    default void firstOutput(Duration after) {}

    /** More of a stream goes on to the caller. */
    default void frames(ChatStream.Frames frames) {}

    /** What was used, as far as the provider has told. */
    default void used(Optional<Usage> usage) {}

    default void failed(ProviderFailure failure) {}

    /** It was given up, or broke without a word of the provider. */
    default void givenUp() {}

    /** Nothing more comes; told once. */
    default void ended() {}
}
