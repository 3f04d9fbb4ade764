package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.host.HostFiles;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.ScriptHosts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every hostile script by itself, beside fifty innocent runs, in hosts as the gateway has them. */
@Tag("drill")
@Timeout(900)
class HostileScriptsDrill {
    private static ScriptHosts hosts;

    @BeforeAll
    static void open(@TempDir Path cache) {
        HostSettings settings = HostSettings.defaults(cache);
        hosts = new ScriptHosts(HostFiles.installed().map(it -> it.in(settings)).orElse(settings));
        say("| script | language | ends with | after (ms) | innocents | started again | message |");
        say("|---|---|---|---:|---:|---:|---|");
    }

    @AfterAll
    static void close() {
        hosts.close();
    }

    static List<HostileScript> scripts() {
        return HostileScript.all();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void a_hostile_script_ends_with_its_limit_and_the_innocent_with_their_results(
            HostileScript hostile) throws Exception {
        try (var innocents = new Innocents(hosts, 40, 10)) {
            long begin = System.nanoTime();
            ScriptFailure failure = hostile.end(hosts);
            long millis = (System.nanoTime() - begin) / 1_000_000;
            innocents.letGo();
            List<String> failed = innocents.failed();
            say(
                    "| %s | %s | %s | %d | %d of 50 | %d | %s |"
                            .formatted(
                                    hostile.name(),
                                    hostile.script().language(),
                                    HostileScript.name(failure),
                                    millis,
                                    50 - failed.size(),
                                    innocents.restarts(),
                                    failure.message().lines().findFirst().orElse("")));
            assertThat(failed).isEmpty();
            assertThat(hostile.ends()).contains(HostileScript.name(failure));
        }
    }

    @SuppressWarnings("SystemOut") // A drill's result is what it prints.
    private static void say(String line) {
        System.out.println(line);
    }
}
