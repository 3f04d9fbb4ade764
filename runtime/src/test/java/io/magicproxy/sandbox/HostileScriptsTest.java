package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.host.HostSettings.Times;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.sandbox.host.TestHosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile scripts together, beside fifty innocent runs that are lost with their hosts and start
 * again. {@link HostileScriptsDrill} runs each by itself, and those that the contract doesn't need
 * hosts for.
 */
@Timeout(240)
class HostileScriptsTest {
    private static final Set<String> CHOSEN =
            Set.of(
                    "javascript: search that cannot be interrupted",
                    "javascript: gradual memory bomb between host calls",
                    "javascript: giant allocation",
                    "javascript: flood of host calls",
                    "javascript: promise flood",
                    "javascript: regular expression blow-up",
                    "python: sum that cannot be interrupted",
                    "python: flood of host calls",
                    "python: regular expression blow-up");

    @Test
    void hostile_scripts_end_with_their_limits_and_innocent_ones_with_their_results()
            throws Exception {
        List<HostileScript> chosen =
                HostileScript.all().stream().filter(it -> CHOSEN.contains(it.toString())).toList();
        assertThat(chosen).hasSameSizeAs(CHOSEN);
        var settings = TestHosts.settings(Set.of(Language.values()), 3, 192, Times.defaults());
        try (ScriptHosts hosts = TestHosts.start(settings);
                var innocents = new Innocents(hosts, 40, 10);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ScriptFailure>> ends = new ArrayList<>();
            chosen.forEach(it -> ends.add(callers.submit(() -> it.end(hosts))));
            for (int i = 0; i < chosen.size(); i++) {
                ScriptFailure end = ends.get(i).get();
                assertThat(chosen.get(i).ends())
                        .as("%s ended with %s", chosen.get(i), end)
                        .contains(HostileScript.name(end));
            }
            innocents.letGo();
            assertThat(innocents.failed()).isEmpty();
            assertThat(innocents.restarts()).isPositive();
        }
    }
}
