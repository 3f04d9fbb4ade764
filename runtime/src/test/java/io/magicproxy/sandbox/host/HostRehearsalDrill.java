package io.magicproxy.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build prepares for script hosts. */
@Tag("drill")
class HostRehearsalDrill {
    private static final int RUNS = 200;
    private static final Prelude PRELUDE =
            new Prelude("drill", "", "def run(host, module, input): return module.run()\n");

    @Test
    void a_host_with_prepared_files_runs_imports_of_the_library_without_filling_up(
            @TempDir Path folder) throws Exception {
        var files = new HostFiles(folder.resolve("files"));
        // The class cache can't be made here, as it wants jars; the library's part is.
        var _ = HostRehearsal.make(files);
        assertThat(compiled(files.library())).contains("dataclasses", "decoder");
        var plain =
                new HostSettings(
                        Set.of(Language.PYTHON),
                        1,
                        1,
                        256,
                        folder.resolve("cache"),
                        Optional.empty(),
                        HostSettings.Times.defaults());
        ScriptBundle script =
                ScriptBundle.of(
                        "main.py",
                        """
                        import dataclasses, datetime, inspect, json, re, typing
                        def run(): return json.dumps(str(inspect.signature(run)))
                        """);
        try (var hosts = new ScriptHosts(files.in(plain))) {
            hosts.run(run(script, 0), new Silent());
            long pid = hosts.hosts().getFirst().pid();
            for (int i = 1; i < RUNS; i++) {
                hosts.run(run(script, i), new Silent());
            }
            assertThat(hosts.hosts().getFirst().pid()).isEqualTo(pid);
        }
    }

    private static Stream<String> names(Stream<Path> files) {
        return files.map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".pyc"))
                .map(name -> name.substring(0, name.indexOf('.')));
    }

    private static Set<String> compiled(Path library) throws Exception {
        try (Stream<Path> files = Files.walk(library)) {
            return Set.copyOf(names(files).distinct().toList());
        }
    }

    private static GuestRun run(ScriptBundle script, int number) {
        return new GuestRun(
                "run-" + number,
                script,
                PRELUDE,
                "run",
                "null",
                1,
                Instant.EPOCH,
                new SandboxLimits(
                        Duration.ofMinutes(1), Duration.ofMinutes(1), 1L << 40, 1 << 20, 2000),
                new Cancellation());
    }

    private static final class Silent implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(new HostReply.Answer(call.value(), Instant.EPOCH));
        }

        @Override
        public void tell(HostCall call) {}
    }
}
