package io.magicproxy.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The host of a test's script. {@code echo} answers what it is given, {@code fail} fails with the
 * code given, {@code stop} stops the guest, {@code hold} waits until {@code release} names it.
 */
final class Desk implements HostCalls {
    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final List<HostCall> calls = new ArrayList<>();
    private final List<String> printed = new ArrayList<>();
    private final Map<String, Consumer<HostReply>> held = new LinkedHashMap<>();
    private int seconds;

    @Override
    public synchronized void call(HostCall call, Consumer<HostReply> reply) {
        calls.add(call);
        switch (call.op()) {
            case "fail" ->
                    reply.accept(
                            new HostReply.Failed(
                                    unquoted(call), "the host said no: ünïcode", tick()));
            case "stop" -> reply.accept(new HostReply.Stop(tick()));
            case "hold" -> held.put(call.value(), reply);
            case "release" -> {
                Consumer<HostReply> waiting = held.remove(call.value());
                if (waiting != null) {
                    waiting.accept(new HostReply.Answer(call.value(), tick()));
                }
                reply.accept(new HostReply.Answer("null", tick()));
            }
            default -> reply.accept(new HostReply.Answer(call.value(), tick()));
        }
    }

    @Override
    public synchronized void tell(HostCall call) {
        if (call.op().equals("print")) {
            printed.add(call.value());
        } else {
            calls.add(call);
        }
    }

    /** As {@code op value}. */
    synchronized List<String> calls() {
        return calls.stream().map(call -> call.op() + " " + call.value()).toList();
    }

    /** JSON texts. */
    synchronized List<String> printed() {
        return List.copyOf(printed);
    }

    private Instant tick() {
        return START.plusSeconds(++seconds);
    }

    private static String unquoted(HostCall call) {
        return call.value().replace("\"", "");
    }
}
