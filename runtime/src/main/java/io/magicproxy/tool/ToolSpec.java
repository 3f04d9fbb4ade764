package io.magicproxy.tool;

import java.time.Duration;
import java.util.Locale;

/**
 * A tool as those who may call it see it.
 *
 * @param title for people; the name if it has none of its own
 * @param description for models
 * @param parameters what its arguments must fit
 */
public record ToolSpec(
        String name, String title, String description, ToolSchema parameters, Conduct conduct) {

    /**
     * How calls of the tool are made.
     *
     * @param timeout after which a call is given up
     * @param concurrency how many calls may be under way at once
     */
    public record Conduct(Effect effect, Duration timeout, int concurrency) {}

    /** What a second call with the same arguments would do. */
    public enum Effect {
        /** Nothing: the tool only looks or computes. */
        NONE,
        /** Nothing more, if it has the same idempotency key. */
        IDEMPOTENT,
        /** Perhaps harm: a call whose outcome is unknown is not made again. */
        ONCE;

        /** As manifests, journals and the API write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
