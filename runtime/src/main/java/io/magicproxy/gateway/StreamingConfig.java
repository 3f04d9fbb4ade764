package io.magicproxy.gateway;

import io.magicproxy.config.Option;
import java.time.Duration;

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
                Duration heartbeat) {

    /** Who makes the text flow. */
    public enum TypewriterMode {
        CLIENT,
        PROXY
    }
}
