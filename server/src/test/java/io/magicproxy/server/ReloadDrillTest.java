package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reloads without end, in script hosts as they run by default. The times are for reading; that each
 * version serves and that memory stays flat is checked.
 */
@Tag("drill")
class ReloadDrillTest {
    private static final int SAVES = 100;
    private static final int RELOADS = 2_000;
    private static final int LOOK_EVERY = 250;
    private static final long MIB = 1024 * 1024;

    @TempDir private Path folder;

    /** A pattern in each language; the number makes the version. */
    enum Script {
        JAVASCRIPT("drill.js", "export const run = (ctx) => 'version %d';%n"),
        PYTHON("drill.py", "def run(ctx):%n    return 'version %d'%n");

        private final String file;
        private final String text;

        Script(String file, String text) {
            this.file = file;
            this.text = text;
        }

        String text(int number) {
            return text.formatted(number);
        }
    }

    @ParameterizedTest
    @EnumSource
    void from_the_write_of_a_file_to_the_first_session_on_it(Script script) throws Exception {
        try (TestGateway gateway = start(script)) {
            List<Long> begun = new ArrayList<>();
            List<Long> ended = new ArrayList<>();
            for (int i = 1; i <= SAVES; i++) {
                long written = System.nanoTime();
                Files.writeString(folder.resolve("patterns").resolve(script.file), script.text(i));
                String answer = "";
                while (!answer.equals("version " + i)) {
                    long asked = System.nanoTime();
                    answer = ask(gateway);
                    if (answer.equals("version " + i)) {
                        begun.add((asked - written) / 1_000_000);
                        ended.add((System.nanoTime() - written) / 1_000_000);
                    }
                }
            }
            report(script + ": from the write to the first session's beginning", begun);
            report(script + ": from the write to the first session's answer", ended);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memory_after_two_thousand_reloads(Script script) throws Exception {
        List<Long> heaps = new ArrayList<>();
        List<Long> hosts = new ArrayList<>();
        try (TestGateway gateway = start(script)) {
            for (int i = 1; i <= RELOADS; i++) {
                HttpResponse<String> saved = save(gateway, script, i);
                assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
                if (i % 20 == 0) {
                    assertThat(ask(gateway)).isEqualTo("version " + i);
                }
                if (i % LOOK_EVERY == 0) {
                    heaps.add(heap() / MIB);
                    hosts.add(childrensMemory() / MIB);
                    say(
                            "%s, %d reloads: heap after a collection %d MiB, script hosts %d MiB"
                                    .formatted(script, i, heaps.getLast(), hosts.getLast()));
                }
            }
        }
        assertThat(heaps.getLast()).isLessThan(heaps.get(1) + 16);
        assertThat(hosts.getLast()).isLessThan(hosts.get(1) + 100);
    }

    private static HttpResponse<String> save(TestGateway gateway, Script script, int number)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.uri("/admin/patterns/drill"))
                        .timeout(Duration.ofMinutes(3))
                        .header("Content-Type", "application/json")
                        .header("If-Match", "*")
                        .PUT(
                                BodyPublishers.ofString(
                                        Json.text(
                                                Json.object().put("content", script.text(number)))))
                        .build();
        return gateway.client().send(request, BodyHandlers.ofString());
    }

    private static String ask(TestGateway gateway) throws Exception {
        HttpResponse<String> answer =
                gateway.post(
                        "/v1/react/sessions",
                        "{\"stream\":false,\"model_alias\":\"sim\",\"user_query\":\"?\",\"reasoning_mode\":\"drill\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body()).path("answer").asText();
    }

    private TestGateway start(Script script) throws Exception {
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(patterns.resolve(script.file), script.text(0));
        TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                """)
                        .start();
        for (int i = 0; !loaded(gateway); i++) {
            assertThat(i).as("tries").isLessThan(10);
        }
        assertThat(ask(gateway)).isEqualTo("version 0");
        return gateway;
    }

    /** Waits for it, but no longer than for one answer: a busy machine takes more. */
    private static boolean loaded(TestGateway gateway) throws Exception {
        try {
            return gateway.json("/admin/react_patterns").path("patterns").size() == 1;
        } catch (HttpTimeoutException e) {
            return false;
        }
    }

    private static long heap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** What the system holds in memory for the gateway's child processes. */
    private static long childrensMemory() {
        return ProcessHandle.current().children().mapToLong(child -> resident(child.pid())).sum();
    }

    private static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void report(String what, List<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        say(
                "%s, %d saves: p50 %d ms, p90 %d ms, p99 %d ms, most %d ms"
                        .formatted(
                                what,
                                sorted.size(),
                                sorted.get(sorted.size() / 2),
                                sorted.get(sorted.size() * 9 / 10),
                                sorted.get(sorted.size() * 99 / 100),
                                sorted.getLast()));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
