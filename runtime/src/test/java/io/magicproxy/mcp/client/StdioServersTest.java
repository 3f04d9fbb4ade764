package io.magicproxy.mcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolResult.Failed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are child processes. */
class StdioServersTest {
    @TempDir private Path folder;

    @Test
    void its_tools_are_used_it_is_replaced_when_it_dies_and_goes_when_we_do() throws Exception {
        long last;
        try (Remotes remotes =
                Remotes.of(Remotes.program("peer", folder, Map.of("OWN_KEY", "k-012345678")))) {
            remotes.awaitConnected("peer");
            long pid = pid(remotes);

            assertThat(text(remotes.call("peer__env", "{}")).split(","))
                    .contains("OWN_KEY", "PATH")
                    .allMatch(name ->
                            Set.of(
                                            "OWN_KEY",
                                            "PATH",
                                            "HOME",
                                            "USER",
                                            "LOGNAME",
                                            "SHELL",
                                            "TERM",
                                            "LANG",
                                            "LC_ALL",
                                            "LC_CTYPE",
                                            "TZ",
                                            "TMPDIR")
                                    .contains(name));
            assertThat(code(remotes.call("peer__huge", "{}"))).isEqualTo("tool_limit");
            assertThat(pid(remotes)).isEqualTo(pid);
            assertThat(text(remotes.call("peer__grow", "{}"))).isEqualTo("grew");
            Remotes.until("grown", () -> remotes.names().contains("peer__grown"));

            assertThat(code(remotes.call("peer__die", "{}"))).isEqualTo(Failed.OUTCOME_UNKNOWN);
            Remotes.until("another", () -> isAnother(remotes, pid));
            last = pid(remotes);

            ProcessHandle.of(last).orElseThrow().destroyForcibly();
            Remotes.until("gone", () -> ProcessHandle.of(last).isEmpty());
            remotes.awaitConnected("peer");
            Remotes.until("there again", () -> remotes.names().contains("peer__pid"));
        }
        assertThat(ProcessHandle.current().children().filter(StdioServersTest::isPeer)).isEmpty();
    }

    /** For a moment the list is still that of the one that has died. */
    private static boolean isAnother(Remotes remotes, long former) {
        try {
            return remotes.call("peer__pid", "{}") instanceof ToolResult.Ok ok
                    && ok.value().asLong() != former;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPeer(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(StdioPeer.class.getName());
    }

    @Test
    void one_that_doesnt_go_by_itself_is_made_to() throws Exception {
        long pid;
        try (Remotes remotes = Remotes.of(Remotes.program("peer", folder, Map.of(), "deaf"))) {
            remotes.awaitConnected("peer");
            pid = pid(remotes);
        }
        Remotes.until("gone", () -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void one_that_never_answers_a_call_is_told_to_give_it_up() throws Exception {
        ServerSettings patient = Remotes.program("peer", folder, Map.of());
        ServerSettings hasty = Remotes.settings("peer", patient.endpoint(), Duration.ofMillis(200));
        try (Remotes remotes = Remotes.of(hasty)) {
            remotes.awaitConnected("peer");

            assertThat(remotes.call("peer__never", "{}")).isInstanceOf(ToolResult.TimedOut.class);

            assertThat(remotes.names()).contains("peer__never");
        }
    }

    @Test
    void one_that_cant_be_started_or_speaks_prose_is_down_and_says_why() {
        ServerSettings mute = Remotes.program("mute", folder, Map.of("K", "prose only"), "mute");
        ServerSettings impatient =
                new ServerSettings(
                        "mute",
                        mute.endpoint(),
                        mute.kind(),
                        mute.allow(),
                        new ServerSettings.Limits(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(1),
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                1,
                                1),
                        mute.missing());
        ServerSettings absent =
                Remotes.settings(
                        "absent",
                        new Endpoint.Program(
                                List.of("no-such-program-here"), Map.of(), Set.of(), folder),
                        Duration.ofSeconds(1));
        try (Remotes remotes = Remotes.of(impatient, absent)) {
            assertThat(remotes.awaitDown("absent")).contains("can't be started", "correct command");
            assertThat(remotes.awaitDown("mute"))
                    .contains("no answer to \"initialize\" within 2.0 s")
                    .doesNotContain("prose only");
        }
    }

    private static long pid(Remotes remotes) throws Exception {
        return Long.parseLong(text(remotes.call("peer__pid", "{}")));
    }

    private static String text(ToolResult result) {
        assertThat(result).isInstanceOf(ToolResult.Ok.class);
        return ((ToolResult.Ok) result).value().asText();
    }

    private static String code(ToolResult result) {
        assertThat(result).isInstanceOf(Failed.class);
        return ((Failed) result).code();
    }
}
