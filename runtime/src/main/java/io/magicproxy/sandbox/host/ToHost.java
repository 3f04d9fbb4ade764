package io.magicproxy.sandbox.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** What the gateway says. A frame's text, if it has one, is its {@link Packet}'s body. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ToHost.Bundle.class, name = "bundle"),
    @JsonSubTypes.Type(value = ToHost.PreludeSource.class, name = "prelude"),
    @JsonSubTypes.Type(value = ToHost.Forget.class, name = "forget"),
    @JsonSubTypes.Type(value = ToHost.Run.class, name = "run"),
    @JsonSubTypes.Type(value = ToHost.Answer.class, name = "answer"),
    @JsonSubTypes.Type(value = ToHost.AnswerFailed.class, name = "answer_failed"),
    @JsonSubTypes.Type(value = ToHost.AnswerStop.class, name = "answer_stop"),
    @JsonSubTypes.Type(value = ToHost.Taken.class, name = "taken"),
    @JsonSubTypes.Type(value = ToHost.Stop.class, name = "stop"),
})
sealed interface ToHost {
    /** Runs name it by its hash. The body is an object: path to source. */
    record Bundle(String hash, String entry) implements ToHost {}

    /** Runs name it by its hash. The body is an object: {@code javascript} and {@code python}. */
    record PreludeSource(String hash, String name) implements ToHost {}

    /** No later run names this bundle or prelude. */
    record Forget(String hash) implements ToHost {}

    /** The body is the input. */
    record Run(
            long run,
            String id,
            String bundle,
            String prelude,
            String function,
            long seed,
            Time time,
            Limits limits)
            implements ToHost {}

    record Limits(
            long guestMillis, long wallMillis, long statements, int outputBytes, int stackFrames) {}

    /** A point of time to the nanosecond. */
    record Time(long second, int nano) {
        static Time of(Instant at) {
            return new Time(at.getEpochSecond(), at.getNano());
        }

        Instant instant() {
            return Instant.ofEpochSecond(second, nano);
        }
    }

    /** The body is the value. */
    record Answer(long run, long number, Time time) implements ToHost {}

    /** The body is the message. */
    record AnswerFailed(long run, long number, Time time, String code) implements ToHost {}

    record AnswerStop(long run, long number, Time time) implements ToHost {}

    /** So much of what the run said is dealt with, see {@link Window}. */
    record Taken(long run, long cost) implements ToHost {}

    record Stop(long run) implements ToHost {}
}
