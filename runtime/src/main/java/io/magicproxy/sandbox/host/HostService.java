package io.magicproxy.sandbox.host;

import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What a host does with the gateway's frames. */
final class HostService {
    private static final System.Logger LOG = System.getLogger(HostService.class.getName());

    private final ScriptRuntime runtime;
    private final Consumer<Packet<FromHost>> out;
    private final Map<Long, HostedRun> runs = new ConcurrentHashMap<>();

    // Only the thread that reads.
    private final Map<String, ScriptBundle> bundles = new HashMap<>();
    private final Map<String, Prelude> preludes = new HashMap<>();

    HostService(ScriptRuntime runtime, Consumer<Packet<FromHost>> out) {
        this.runtime = runtime;
        this.out = out;
    }

    Map<Long, HostedRun> runs() {
        return runs;
    }

    /** Until the gateway is gone, which is an exception. */
    void serve(DataInputStream in) throws IOException {
        while (true) {
            Packet<ToHost> packet = Wire.readToHost(in);
            handle(packet.frame(), packet.body());
        }
    }

    private void handle(ToHost frame, String body) throws IOException {
        switch (frame) {
            case ToHost.Bundle it -> bundles.put(it.hash(), bundle(it, body));
            case ToHost.PreludeSource it -> preludes.put(it.hash(), prelude(it, body));
            case ToHost.Forget it -> {
                bundles.remove(it.hash());
                preludes.remove(it.hash());
            }
            case ToHost.Run it -> start(it, body);
            case ToHost.Answer it ->
                    reply(it.run(), it.number(), new HostReply.Answer(body, it.time().instant()));
            case ToHost.AnswerFailed it ->
                    reply(
                            it.run(),
                            it.number(),
                            new HostReply.Failed(it.code(), body, it.time().instant()));
            case ToHost.AnswerStop it ->
                    reply(it.run(), it.number(), new HostReply.Stop(it.time().instant()));
            case ToHost.Taken it -> find(it.run()).ifPresent(run -> run.taken(it.cost()));
            case ToHost.Stop it ->
                    // Ending a guest may take a while; other runs' frames don't wait for it.
                    find(it.run()).ifPresent(run -> Thread.ofVirtual().start(run::stop));
        }
    }

    private void reply(long run, long call, HostReply reply) {
        find(run).ifPresent(it -> it.reply(call, reply));
    }

    /** The gateway may name a run that has just ended. */
    private Optional<HostedRun> find(long run) {
        return Optional.ofNullable(runs.get(run));
    }

    private void start(ToHost.Run frame, String input) {
        var hosted = new HostedRun(frame.run(), out);
        runs.put(frame.run(), hosted);
        GuestRun run = guestRun(frame, input, hosted);
        Thread.ofVirtual().name("run-" + frame.run()).start(() -> run(frame.run(), run, hosted));
    }

    private void run(long number, GuestRun run, HostedRun hosted) {
        Packet<FromHost> end;
        try {
            String result = runtime.run(run, hosted);
            end = new Packet<>(new FromHost.Result(number), Wire.withoutHalves(result));
        } catch (ScriptException e) {
            end = failed(new FromHost.Failed(number, e.leftBehind()), e.failure());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Run " + run.id() + ": the host failed", e);
            end = failed(new FromHost.Failed(number, false), internal());
        }
        hosted.over();
        runs.remove(number);
        out.accept(end);
    }

    private static Packet<FromHost> failed(FromHost.Failed frame, ScriptFailure failure) {
        return new Packet<>(frame, FailureJson.write(failure));
    }

    private static ScriptFailure internal() {
        return new ScriptFailure.Thrown(
                "The script host failed here; the log tells more",
                "InternalError",
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private GuestRun guestRun(ToHost.Run frame, String input, HostedRun hosted) {
        ToHost.Limits limits = frame.limits();
        return new GuestRun(
                frame.id(),
                known(bundles, frame.bundle()),
                known(preludes, frame.prelude()),
                frame.function(),
                input,
                frame.seed(),
                frame.time().instant(),
                new SandboxLimits(
                        Duration.ofMillis(limits.guestMillis()),
                        Duration.ofMillis(limits.wallMillis()),
                        limits.statements(),
                        limits.outputBytes(),
                        limits.stackFrames()),
                hosted.cancellation());
    }

    private static <T> T known(Map<String, T> sent, String hash) {
        return Optional.ofNullable(sent.get(hash))
                .orElseThrow(() -> new IllegalStateException(hash + " was never sent"));
    }

    private static ScriptBundle bundle(ToHost.Bundle frame, String body) throws IOException {
        var files = new TreeMap<String, String>();
        Json.read(body).properties().forEach(it -> files.put(it.getKey(), it.getValue().asText()));
        return new ScriptBundle(frame.entry(), files);
    }

    private static Prelude prelude(ToHost.PreludeSource frame, String body) throws IOException {
        var json = Json.read(body);
        return new Prelude(
                frame.name(), json.path("javascript").asText(), json.path("python").asText());
    }
}
