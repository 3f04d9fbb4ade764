package io.magicproxy.server.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.SdkFolder;
import io.magicproxy.server.boot.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The sandbox UI's own tests, and that what is committed is what its sources make. Needs node, and
 * for the tabs a Chromium; CI has both, elsewhere the tests are skipped without them.
 */
class SandboxUiTest {
    private static final Path UI =
            Path.of(System.getProperty("project.root", "..")).resolve("sandbox-ui");
    private static final List<String> CHROMIUMS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    /** Installed anew only if the lock file says something else. */
    @BeforeAll
    static void install() throws Exception {
        SdkFolder.assumeThere("node", "npm");
        Path installed = UI.resolve("node_modules/installed");
        String wanted = Files.readString(UI.resolve("package-lock.json"));
        if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
            SdkFolder.run(UI, "npm", "ci", "--no-audit", "--no-fund");
            Files.writeString(installed, wanted);
        }
    }

    @Test
    void what_is_committed_is_what_the_sources_make() throws Exception {
        Path built = Path.of("target/sandbox-ui").toAbsolutePath();
        SdkFolder.run(UI, "npx", "tsc", "--noEmit");
        SdkFolder.run(UI, "npx", "vite", "build", "--outDir", built.toString(), "--emptyOutDir");
        assertThat(contents(UI.resolve("dist")))
                .as("sandbox-ui/dist is stale; run: cd sandbox-ui && npm run build")
                .isEqualTo(contents(built));
    }

    @Test
    void its_modules_work_and_are_formatted() throws Exception {
        SdkFolder.run(UI, "npm", "run", "lint");
        assertThat(SdkFolder.run(UI, "npm", "test")).contains("fail 0");
    }

    /** By clicking, in a real browser, with a gateway that is started and killed by the tests. */
    @Test
    void its_tabs_work_in_a_browser() throws Exception {
        boolean there = CHROMIUMS.stream().map(Path::of).anyMatch(Files::isExecutable);
        assumeTrue(there || System.getenv("CI") != null, "a Chromium is needed");
        ProcessBuilder tests =
                new ProcessBuilder("npm", "run", "test:browser")
                        .directory(UI.toFile())
                        .redirectErrorStream(true);
        tests.environment().put("MAGIC_PROXY_COMMAND", Json.text(gateway()));
        Process process = tests.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("fail 0");
    }

    /** This build's gateway, without a jar. */
    private static ArrayNode gateway() {
        ArrayNode command = Json.object().arrayNode();
        Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .forEach(command::add);
        return command;
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
