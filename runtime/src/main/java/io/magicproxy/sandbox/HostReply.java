package io.magicproxy.sandbox;

import java.time.Instant;

/** The answer to a {@link HostCall}; the guest's clock then shows its time. */
public sealed interface HostReply {
    Instant time();

    /** It worked; {@code value} is JSON text. */
    record Answer(String value, Instant time) implements HostReply {}

    /** The guest sees an error with this code and message, which it may catch. */
    record Failed(String code, String message, Instant time) implements HostReply {}

    /** The guest is stopped; {@link ScriptRuntime#run} ends with {@link ScriptFailure.Stopped}. */
    record Stop(Instant time) implements HostReply {}
}
