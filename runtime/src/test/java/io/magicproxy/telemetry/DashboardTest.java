package io.magicproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What Grafana shows and Prometheus warns of is what the gateway tells, by the names and labels
 * that it uses.
 */
class DashboardTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root"));

    /** Made from the code, which another test holds. */
    private static final Path METRICS = ROOT.resolve("docs/metrics.md");

    private static final Pattern ROW =
            Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*) \\|", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("\\b(magic_proxy|gen_ai)_\\w+");
    private static final Pattern LABELS =
            Pattern.compile("by \\(([^)]*)\\)|\\{(\\w+) *=|\\{\\{ *(?:\\$labels\\.)?(\\w+) *}}");

    @Test
    void every_metric_and_label_that_is_asked_for_is_told() throws IOException {
        Map<String, Set<String>> known = known();
        for (String query : queries()) {
            List<String> used = NAME.matcher(query).results().map(MatchResult::group).toList();
            assertThat(used).as(query).isNotEmpty();
            assertThat(known.keySet()).as(query).containsAll(used);
            Set<String> labels = new HashSet<>(Set.of("le", "value"));
            used.forEach(name -> labels.addAll(known.get(name)));
            assertThat(labels).as(query).containsAll(labelsOf(query));
        }
    }

    @Test
    void panels_have_numbers_of_their_own_and_sources_that_are_provisioned() throws IOException {
        JsonNode dashboard = dashboard();
        String sources =
                Files.readString(
                        ROOT.resolve("deploy/grafana/provisioning/datasources/datasources.yaml"));
        Set<Integer> numbers = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(numbers.add(panel.path("id").asInt()))
                    .as(panel.path("title").asText())
                    .isTrue();
            if (panel.has("datasource")) {
                assertThat(sources)
                        .contains("uid: " + panel.path("datasource").path("uid").asText());
            }
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
        }
    }

    /** By the names of its series, those of a histogram among them. */
    private static Map<String, Set<String>> known() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        ROW.matcher(Files.readString(METRICS))
                .results()
                .forEach(row -> {
                    Set<String> labels =
                            Pattern.compile("\\w+")
                                    .matcher(row.group(3))
                                    .results()
                                    .map(MatchResult::group)
                                    .collect(Collectors.toSet());
                    Stream<String> endings =
                            row.group(2).equals("histogram")
                                    ? Stream.of("_bucket", "_sum", "_count")
                                    : Stream.of("");
                    endings.forEach(ending -> known.put(row.group(1) + ending, labels));
                });
        return known;
    }

    /** The dashboard's with their legends, and the alerts' with their texts. */
    private static List<String> queries() throws IOException {
        Set<String> queries = new TreeSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                if (target.path("datasource").path("type").asText().equals("prometheus")) {
                    queries.add(
                            target.path("expr").asText()
                                    + " "
                                    + target.path("legendFormat").asText());
                }
            }
        }
        String alerts = Files.readString(ROOT.resolve("deploy/prometheus/alerts.yaml"));
        for (String alert : alerts.split("- alert: ", -1)) {
            if (alert.contains("magic_proxy_")) {
                queries.add(alert);
            }
        }
        return List.copyOf(queries);
    }

    private static Set<String> labelsOf(String query) {
        return LABELS.matcher(query)
                .results()
                .flatMap(found ->
                        Stream.of(found.group(1), found.group(2), found.group(3))
                                .filter(Objects::nonNull)
                                .flatMap(list -> Stream.of(list.split(",\\s*", -1))))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toSet());
    }

    private static JsonNode dashboard() throws IOException {
        return Json.read(Files.readString(ROOT.resolve("deploy/grafana/dashboards/gateway.json")));
    }
}
