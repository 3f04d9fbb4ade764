package io.magicproxy.sandbox;

import io.magicproxy.upstream.Cancellation;
import java.time.Instant;

/**
 * One call of a prelude's function with a script, in a fresh context.
 *
 * @param id names the run in logs
 * @param function of the prelude
 * @param input JSON text
 * @param seed of everything random in the guest
 * @param time that the guest's clock shows at first; each consumed {@link HostReply} sets it anew
 * @param cancellation stops the guest, whatever it does
 */
public record GuestRun(
        String id,
        ScriptBundle script,
        Prelude prelude,
        String function,
        String input,
        long seed,
        Instant time,
        SandboxLimits limits,
        Cancellation cancellation) {}
