package io.magicproxy.sandbox;

import java.time.Duration;

/**
 * What one run may use. Over a limit it ends with {@link ScriptFailure.LimitExceeded}.
 *
 * @param guestTime of the script's own work; waiting for the host doesn't count
 * @param wallTime from beginning to end
 * @param statements that it executes
 * @param outputBytes that it prints, and that one host call's arguments or its result may have
 * @param stackFrames how deep its calls nest
 */
public record SandboxLimits(
        Duration guestTime, Duration wallTime, long statements, int outputBytes, int stackFrames) {
    /** Calls that a run may have under way at once: each costs the gateway something. */
    public static final int CALLS = 1000;
}
