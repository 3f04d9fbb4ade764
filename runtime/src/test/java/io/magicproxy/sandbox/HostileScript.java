package io.magicproxy.sandbox;

import io.magicproxy.upstream.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * A script of {@code hostile.yaml}.
 *
 * @param ends in one of which it may end: limits, or names of other failures
 */
record HostileScript(String name, ScriptBundle script, List<String> ends) {
    static List<HostileScript> all() {
        try (InputStream in = HostileScript.class.getResourceAsStream("hostile.yaml")) {
            List<Map<String, Object>> entries = new Yaml().load(in);
            List<HostileScript> all = new ArrayList<>();
            entries.forEach(entry -> {
                add(all, entry, "javascript", "main.mjs");
                add(all, entry, "python", "main.py");
            });
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(
            List<HostileScript> all, Map<String, Object> entry, String language, String file) {
        if (entry.get(language) instanceof String source
                && entry.get("ends") instanceof List<?> e) {
            all.add(
                    new HostileScript(
                            String.valueOf(entry.get("name")),
                            ScriptBundle.of(file, source),
                            e.stream().map(String::valueOf).toList()));
        }
    }

    /** Starts again, as sessions do, when its host is lost. */
    ScriptFailure end(ScriptRuntime runtime) {
        try {
            throw new AssertionError(
                    this + " gave " + new RestartedRuns(runtime).run(run(), new Desk()));
        } catch (ScriptException e) {
            return e.failure();
        }
    }

    /** With the gateway's limits, but those for time: it is short for what shall run into it. */
    private GuestRun run() {
        Duration guest =
                ends.contains("guest_time") ? Duration.ofSeconds(1) : Duration.ofMinutes(5);
        return new GuestRun(
                toString(),
                script,
                ScriptRuntimeScene.PRELUDE,
                "run",
                "null",
                1,
                Desk.START,
                new SandboxLimits(guest, Duration.ofMinutes(10), Long.MAX_VALUE, 4 << 20, 2000),
                new Cancellation());
    }

    static String name(ScriptFailure failure) {
        return switch (failure) {
            case ScriptFailure.Syntax _ -> "syntax";
            case ScriptFailure.Thrown _ -> "thrown";
            case ScriptFailure.Denied _ -> "denied";
            case ScriptFailure.LimitExceeded it -> it.limit().name().toLowerCase(Locale.ROOT);
            case ScriptFailure.HostLost _ -> "lost";
            case ScriptFailure.Stopped _ -> "stopped";
        };
    }

    @Override
    public String toString() {
        return script.language().name().toLowerCase(Locale.ROOT) + ": " + name;
    }
}
