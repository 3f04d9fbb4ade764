package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.upstream.Cancellation;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A run as its host sees it: what the guest asks for goes to the gateway. */
final class HostedRun implements HostCalls {
    private final long number;
    private final Consumer<Packet<FromHost>> out;
    private final Cancellation cancellation = new Cancellation();
    private final Window window = new Window();
    private final Map<Long, Consumer<HostReply>> waiting = new ConcurrentHashMap<>();
    private volatile OptionalLong thread = OptionalLong.empty();

    /** Only the guest's thread. */
    private long calls;

    HostedRun(long number, Consumer<Packet<FromHost>> out) {
        this.number = number;
        this.out = out;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public void call(HostCall call, Consumer<HostReply> reply) {
        long asked = ++calls;
        waiting.put(asked, reply);
        say(new FromHost.Call(number, asked, Wire.name(call.op())), call.op(), call.value());
    }

    @Override
    public void tell(HostCall call) {
        say(new FromHost.Tell(number, Wire.name(call.op())), call.op(), call.value());
    }

    private void say(FromHost frame, String op, String value) {
        if (thread.isEmpty()) {
            thread = OptionalLong.of(Thread.currentThread().threadId());
        }
        String json = Wire.withoutHalves(value);
        window.take(Window.cost(Wire.name(op), json));
        out.accept(new Packet<>(frame, json));
    }

    void reply(long call, HostReply reply) {
        Consumer<HostReply> waiter = waiting.remove(call);
        if (waiter != null) {
            waiter.accept(reply);
        }
    }

    void taken(long cost) {
        window.give(cost);
    }

    /** The guest ends soon. */
    void stop() {
        cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
        window.close();
    }

    void over() {
        window.close();
    }

    /** The guest's thread, once it has said something. */
    OptionalLong thread() {
        return thread;
    }
}
