package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.config.ConfigReader;
import io.magicproxy.server.boot.NodeOptions.Role;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.QueueConfig;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeOptionsTest {
    private static final BackendConfig ALONE = ConfigReader.defaults(BackendConfig.class);
    private static final QueueConfig SHARED =
            new QueueConfig(
                    QueueConfig.Kind.KAFKA,
                    ALONE.queue().slots(),
                    ALONE.queue().capacity(),
                    ALONE.queue().ackSeconds(),
                    ALONE.queue().attempts(),
                    ALONE.queue().lease());

    private static NodeOptions options(Role role, Optional<Integer> slots) {
        return new NodeOptions(
                Path.of("/etc/mp/proxy_config.yaml"),
                NodeOptions.Folders.asConfigured(),
                role,
                slots,
                "127.0.0.1",
                0);
    }

    private static void refused(NodeOptions options, QueueConfig queue, String why) {
        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> options.check(queue))
                .withMessageContaining(why);
    }

    @Test
    void somebody_must_be_there_who_works() throws Exception {
        options(Role.GATEWAY, Optional.empty()).check(ALONE.queue());
        options(Role.GATEWAY, Optional.of(0)).check(SHARED);
        options(Role.WORKER, Optional.of(3)).check(SHARED);

        refused(options(Role.WORKER, Optional.empty()), ALONE.queue(), "takes runs from Kafka");
        refused(options(Role.WORKER, Optional.of(0)), SHARED, "this worker would have no slots");
        refused(options(Role.GATEWAY, Optional.of(0)), ALONE.queue(), "give it some with --slots");
        refused(options(Role.GATEWAY, Optional.of(-1)), SHARED, "must be at least 0, not -1");
    }

    @Test
    void a_worker_has_its_data_beside_a_gateway_s() {
        assertThat(options(Role.GATEWAY, Optional.empty()).dataDir(ALONE))
                .isEqualTo(Path.of("/etc/mp/data"));
        assertThat(options(Role.WORKER, Optional.empty()).dataDir(ALONE))
                .isEqualTo(Path.of("/etc/mp/data/worker"));
    }
}
