package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import io.magicproxy.quota.TeamConfig;
import io.magicproxy.quota.VirtualKeyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code security_settings}: who may ask, and how much. */
public record SecurityConfig(
        @Option(
                        value =
                                "The key that every request needs. Without one the gateway listens on the loopback only. Asked for and not set, it is a problem.",
                        example = "os.environ/MAGIC_PROXY_MASTER_KEY")
                Optional<SecretRef> masterKey,
        @Option("Keys for people and programs, besides those made at `/admin/virtual_keys`.")
                List<VirtualKeyConfig> virtualKeys,
        @Option("Groups of virtual keys that share limits.") List<TeamConfig> teams,
        @Option(value = "Lets it listen elsewhere without a key.", standard = "false")
                boolean allowUnauthenticated,
        @Option(
                        value =
                                "Names besides the loopback's by which it may be called, without a port.",
                        example = "[llm.example.org]")
                List<String> allowedHosts,
        @Option(
                        value = "Web origins whose pages may call it.",
                        example = "[\"https://app.example.org\"]")
                List<String> corsAllowedOrigins,
        @Option(value = "The largest request body.", standard = "32MiB", min = 1) DataSize maxBody,
        @Option(
                        value =
                                "The largest head of a request, all its headers together. A change needs a restart.",
                        standard = "16KiB",
                        min = 1024)
                DataSize maxHeaderBytes,
        @Option(value = "How deeply a request's JSON may nest.", standard = "128", min = 8)
                int maxJsonDepth,
        @Option(
                        value =
                                "How long a request's head may take to arrive, and its body; then it is answered with 408.",
                        standard = "60s",
                        min = 1)
                Duration requestReadTimeout,
        @Option(
                        value =
                                "How long a client may leave an answer unread; then its connection is closed and its request given up.",
                        standard = "60s",
                        min = 1)
                Duration responseWriteTimeout) {}
