package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@code deploy/check.sh}: the image's recipe is linted, and what is deployed held against its
 * schemas. What else the script could use, such as promtool, it uses where it is.
 */
class DeployChecksTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    @Test
    void what_is_deployed_is_as_those_want_it_who_read_it() throws Exception {
        SdkFolder.assumeThere("bash", "python3");
        Path tools =
                SdkFolder.install(
                        "deploy", "requirements.txt", List.of("sh", "-c", SdkTest.MAKE_VENV));
        var checks = new ProcessBuilder("bash", "deploy/check.sh").directory(ROOT.toFile());
        checks.environment()
                .merge(
                        "PATH",
                        tools.resolve("venv/bin").toString(),
                        (path, first) -> first + ":" + path);
        Process process = checks.redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(told).isZero();
        assertThat(told)
                .contains(
                        "ok       Dockerfile",
                        "ok       docker-compose.yml",
                        "ok       its parts fit one another");
        // What the balancer does with requests is tried where it is.
        assertThat(told)
                .contains(
                        (SdkFolder.runs("nginx", "-v") ? "ok       " : "skipped: ")
                                + "nginx.conf before two servers");
    }
}
