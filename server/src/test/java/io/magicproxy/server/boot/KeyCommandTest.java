package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import io.magicproxy.server.boot.Program.Ended;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./magic-proxy key …}, as processes of their own. */
class KeyCommandTest {
    private static final String MASTER = "mk-of-the-key-commands";

    @TempDir private Path folder;

    private Ended key(TestGateway gateway, Map<String, String> environment, String... arguments) {
        String[] all =
                Stream.concat(
                                Stream.concat(Stream.of("key"), Stream.of(arguments)),
                                Stream.of("--port", Integer.toString(gateway.port())))
                        .toArray(String[]::new);
        return Program.run(folder, environment, all);
    }

    @Test
    void keys_are_made_listed_rotated_and_revoked() throws Exception {
        Map<String, String> master = Map.of("MAGIC_PROXY_MASTER_KEY", MASTER);
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                "model_list: [{model_name: m, provider: simulator, model_params: {model: m}}]\n"
                                        + "security_settings: {master_key: "
                                        + MASTER
                                        + "}\n")
                        .start()) {
            Ended made =
                    key(
                            gateway,
                            master,
                            "create",
                            "ada",
                            "--alias",
                            "m*",
                            "--rpm",
                            "60",
                            "--per-day",
                            "2.5",
                            "--expires",
                            "30d",
                            "--note",
                            "who=ada");
            assertThat(made.exit()).as(made.err()).isZero();
            assertThat(made.out()).matches("sk-mp-[\\w-]{43}");
            assertThat(status(gateway, made.out())).isEqualTo(200);

            Ended listed = key(gateway, master, "list");
            assertThat(listed.out())
                    .contains("ada", "active", "$0 of $2.5 today, $0 this month")
                    .doesNotContain(made.out());
            String id = listed.out().substring(0, listed.out().indexOf(' '));

            Ended turned = key(gateway, master, "rotate", id);
            assertThat(status(gateway, made.out())).isEqualTo(401);
            assertThat(status(gateway, turned.out())).isEqualTo(200);

            assertThat(key(gateway, master, "revoke", id).out()).isEqualTo("revoked ada");
            assertThat(status(gateway, turned.out())).isEqualTo(401);

            Ended locked = key(gateway, Map.of(), "list");
            assertThat(locked.exit()).isEqualTo(1);
            assertThat(locked.err()).contains("set MAGIC_PROXY_MASTER_KEY");
        }
    }

    private static int status(TestGateway gateway, String secret) throws Exception {
        return gateway.get("/v1/models", "Authorization", "Bearer " + secret).statusCode();
    }
}
