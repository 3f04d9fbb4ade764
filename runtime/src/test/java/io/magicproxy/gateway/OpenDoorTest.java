package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.Environment;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that others reach keeps its key, whatever its configuration turns into. */
class OpenDoorTest {
    private static final String GUARDED = yaml("master_key: mk-0123456789abcdef");
    private static final String OPEN = yaml("max_body: 1MiB");

    @TempDir private Path folder;

    @Test
    void a_reload_that_drops_the_key_is_refused_where_others_reach_the_gateway() throws Exception {
        Gateway.Status status = reloaded(Optional.of("10.1.2.3"), OPEN);

        assertThat(status.applied()).isFalse();
        assertThat(status.problems()).hasSize(1);
        assertThat(status.problems().getFirst().format("proxy_config.yaml"))
                .startsWith("proxy_config.yaml:2:")
                .contains("master_key", "10.1.2.3", "allow_unauthenticated");
    }

    @Test
    void a_reload_may_drop_the_key_on_the_loopback_or_when_asked_to() throws Exception {
        assertThat(reloaded(Optional.empty(), OPEN).applied()).isTrue();
        assertThat(reloaded(Optional.of("10.1.2.3"), yaml("allow_unauthenticated: true")).applied())
                .isTrue();
    }

    /** What comes of a change of the running gateway's file. */
    private Gateway.Status reloaded(Optional<String> exposedOn, String changed) throws Exception {
        Path config = folder.resolve("proxy_config.yaml");
        Files.writeString(config, GUARDED);
        InstantSource clock = InstantSource.system();
        try (var data = DataFolder.open(folder.resolve("data"));
                var database = EmbeddedDatabase.open(data);
                var metrics = new GatewayMetrics();
                var client = UpstreamClient.create(UpstreamConfig.defaults())) {
            var shared =
                    new SharedResources(
                            client,
                            new EmbeddedSharedState(database, clock),
                            clock,
                            new MetricsListener(metrics));
            var paths = new Gateway.Paths(config, Optional.empty(), exposedOn);
            var outcome =
                    Gateway.start(
                            paths,
                            Environment.of(Map.of()),
                            ProviderCatalog.standard(clock),
                            shared);
            assertThat(outcome).isInstanceOf(Gateway.Outcome.Ready.class);
            Gateway gateway = ((Gateway.Outcome.Ready) outcome).gateway();
            Files.writeString(config, changed);
            return gateway.reload();
        }
    }

    private static String yaml(String security) {
        return "model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]\n"
                + "security_settings: {"
                + security
                + "}\n";
    }
}
