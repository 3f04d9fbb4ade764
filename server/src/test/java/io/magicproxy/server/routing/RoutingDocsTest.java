package io.magicproxy.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.config.Environment;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/routing.md and docs/cache.md show is so. */
class RoutingDocsTest {
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");
    private static final Pattern CALL =
            Pattern.compile(
                    "(?ms)^\\$ curl -si http://127.0.0.1:8001(\\S+)(.*?) -d '(.*?)'\\n(.*?)^```");
    private static final String NO_HOSTS = "\nsandbox_settings: {isolation: in_process}\n";
    private static final Pattern HEADER = Pattern.compile("-H '([^:]+): ([^']*)'");

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"routing.md", "cache.md"})
    void every_configuration_shown_is_without_a_problem(String page) throws Exception {
        for (MatchResult yaml : all(YAML, page)) {
            assertThat(
                            Gateway.check(
                                            yaml.group(1).getBytes(StandardCharsets.UTF_8),
                                            Environment.of(Map.of()),
                                            ProviderCatalog.standard(InstantSource.system()))
                                    .problems())
                    .as(yaml.group())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"routing.md, 5", "cache.md, 3"})
    void every_request_shown_is_answered_as_shown(String page, int shown) throws Exception {
        List<MatchResult> calls = all(CALL, page);
        assertThat(calls).hasSize(shown);
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(all(YAML, page).getFirst().group(1) + NO_HOSTS)
                        .start()) {
            for (MatchResult call : calls) {
                checked(gateway, call);
            }
        }
    }

    private static void checked(TestGateway gateway, MatchResult call) throws Exception {
        List<String> headers = new ArrayList<>();
        HEADER.matcher(call.group(2))
                .results()
                .filter(header -> !header.group(1).equals("Content-Type"))
                .forEach(header -> headers.addAll(List.of(header.group(1), header.group(2))));
        HttpResponse<String> response =
                gateway.post(call.group(1), call.group(3), headers.toArray(String[]::new));
        for (String line : call.group(4).lines().toList()) {
            if (line.startsWith("HTTP/1.1 ")) {
                assertThat(line).contains(" " + response.statusCode() + " ");
            } else if (line.startsWith("{")) {
                assertThat(Json.read(response.body())).isEqualTo(Json.read(line));
            } else {
                String[] header = line.split(": ", 2);
                assertThat(response.headers().firstValue(header[0]))
                        .as(call.group())
                        .contains(header[1]);
            }
        }
    }

    private static List<MatchResult> all(Pattern pattern, String page) throws Exception {
        String text = Files.readString(Path.of(System.getProperty("project.root"), "docs", page));
        return pattern.matcher(text).results().toList();
    }
}
