package io.magicproxy.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.config.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configurations under {@code deploy/}, and the bundled one as the image has it. */
class DeployedConfigTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root"));
    private static final Environment DEPLOYED =
            Environment.of(
                    Map.of(
                            "MAGIC_PROXY_MASTER_KEY", "mk-of-the-deployment",
                            "MAGIC_PROXY_TOOLS_KEY", "mk-of-the-tools",
                            "MAGIC_PROXY_HOSTNAME", "llm.example.org",
                            "REDIS_PASSWORD", "of-redis"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/compose/proxy_config.yaml",
                "deploy/kubernetes/proxy_config.yaml",
                "deploy/kubernetes-nodes/proxy_config.yaml"
            })
    void each_is_fine_with_its_keys_and_needs_them(String file) throws Exception {
        String yaml = Files.readString(ROOT.resolve(file));

        assertThat(check(yaml, DEPLOYED).problems()).isEmpty();
        assertThat(check(yaml, Environment.of(Map.of())).problems())
                .anySatisfy(problem ->
                        assertThat(problem.message()).contains("MAGIC_PROXY_MASTER_KEY"));
    }

    /** As deploy/docker/folders.sh makes it. */
    @Test
    void the_image_s_wants_a_key_and_knows_its_name() throws Exception {
        String bundled = Files.readString(ROOT.resolve("proxy_config.yaml"));
        String yaml =
                bundled.replaceFirst("(?m)^ {2}# (master_key: )", "  $1")
                        .replaceFirst("(?m)^ {2}# (allowed_hosts: )", "  $1");

        Result<GatewayConfig> result = check(yaml, DEPLOYED);

        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Loaded.class,
                        loaded ->
                                assertThat(((GatewayConfig) loaded.config()).securitySettings())
                                        .satisfies(security -> {
                                            assertThat(security.masterKey()).isPresent();
                                            assertThat(security.allowedHosts())
                                                    .containsExactly("llm.example.org");
                                        }));
    }

    private static Result<GatewayConfig> check(String yaml, Environment environment) {
        return Gateway.check(
                yaml.getBytes(UTF_8),
                environment,
                ProviderCatalog.standard(InstantSource.system()));
    }
}
