package io.magicproxy.gateway;

import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.Optional;

/** {@code streaming_settings}: how streams are written. */
public record StreamingConfig(
        @Option(
                        value =
                                "`client`: as the text comes; `proxy`: character by character at an even pace, never more than"
                                        + " two seconds late.",
                        standard = "client")
                TypewriterMode typewriterMode,
        @Option(value = "Pace of `proxy`, in milliseconds for each step.", standard = "15", min = 1)
                int typewriterDelayMs,
        @Option(
                        value =
                                "A comment is sent after that much silence, so that no proxy takes the stream for dead; 0: never.",
                        standard = "15s",
                        min = 0)
                Duration heartbeat,
        @Option(
                        value =
                                "The same before the first output, without it twice `heartbeat`. The stream begins with that comment:"
                                        + " with status 200 and without the `x-magic-…` headers, and if no provider answers, it ends with an error event; 0: never.",
                        example = "30s",
                        min = 0)
                Optional<Duration> firstHeartbeat) {

    /** How long a stream may be silent before its first output; zero: for ever. */
    public Duration untilFirstHeartbeat() {
        return heartbeat.isZero() ? heartbeat : firstHeartbeat.orElse(heartbeat.multipliedBy(2));
    }

    /** Who makes the text flow. */
    public enum TypewriterMode {
        CLIENT,
        PROXY
    }
}
