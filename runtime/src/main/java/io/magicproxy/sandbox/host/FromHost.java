package io.magicproxy.sandbox.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a script host says. A frame's text, if it has one, is its {@link Packet}'s body. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FromHost.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = FromHost.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = FromHost.Heartbeat.class, name = "heartbeat"),
    @JsonSubTypes.Type(value = FromHost.Call.class, name = "call"),
    @JsonSubTypes.Type(value = FromHost.Tell.class, name = "tell"),
    @JsonSubTypes.Type(value = FromHost.Result.class, name = "result"),
    @JsonSubTypes.Type(value = FromHost.Failed.class, name = "failed"),
})
sealed interface FromHost {
    /** The first frame. */
    record Hello(String token, long pid) implements FromHost {}

    /** The languages are warm; sent once. */
    record Ready() implements FromHost {}

    /**
     * It lives.
     *
     * @param heap how full it is where what lives long is, in percent
     * @param runs what those that it knows have allocated since they began
     */
    record Heartbeat(int heap, List<Allocated> runs) implements FromHost {}

    record Allocated(long run, long bytes) {}

    /** The body is the value. */
    record Call(long run, long number, String op) implements FromHost {}

    /** The body is the value. */
    record Tell(long run, String op) implements FromHost {}

    /** The body is the run's result. */
    record Result(long run) implements FromHost {}

    /**
     * The body is the failure, see {@link FailureJson}.
     *
     * @param stuck its guest was told to end and doesn't: only the end of this process helps
     */
    record Failed(long run, boolean stuck) implements FromHost {}
}
