package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptFailure;
import java.time.Instant;
import java.util.Optional;

/**
 * How a script's file stands.
 *
 * @param serving the version that new sessions get; absent if none ever loaded
 * @param failure of the file as it is now; an earlier version serves meanwhile
 * @param failedVersion the version that failed
 */
public record LoadReport(
        String name,
        String file,
        Optional<String> serving,
        Optional<ScriptFailure> failure,
        Optional<String> failedVersion,
        Instant at) {

    /** Without the memory that this version has failed. */
    LoadReport tryAgain() {
        return new LoadReport(name, file, serving, failure, Optional.empty(), at);
    }
}
