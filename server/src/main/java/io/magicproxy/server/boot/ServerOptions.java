package io.magicproxy.server.boot;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the commands that need a configuration. */
final class ServerOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration (MAGIC_PROXY_CONFIG). Default: proxy_config.yaml beside this program.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--keys-dir",
            paramLabel = "DIR",
            description = "The folder of the key files (MAGIC_PROXY_KEYS_DIR).")
    private Optional<Path> keysDir = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The folder of the gateway's own data (MAGIC_PROXY_DATA_DIR).")
    private Optional<Path> dataDir = Optional.empty();

    @Option(
            names = "--patterns",
            paramLabel = "DIR",
            description =
                    "The folder of the patterns (MAGIC_PROXY_PATTERNS). Default: agent_settings.patterns_dir.")
    private Optional<Path> patterns = Optional.empty();

    @Option(
            names = "--tools",
            paramLabel = "DIR",
            description =
                    "The folder of the tools (MAGIC_PROXY_TOOLS). Default: agent_settings.tools_dir.")
    private Optional<Path> tools = Optional.empty();

    Path config() {
        return config.orElseGet(ServerOptions::besideThisProgram);
    }

    static Path besideThisProgram() {
        return Path.of(System.getProperty("magicproxy.home", ".")).resolve("proxy_config.yaml");
    }

    Optional<Path> keysDir() {
        return keysDir;
    }

    NodeOptions at(String host, int port) {
        return at(NodeOptions.Role.GATEWAY, new SlotsOption(), host, port);
    }

    NodeOptions at(NodeOptions.Role role, SlotsOption slots, String host, int port) {
        return new NodeOptions(
                config(),
                new NodeOptions.Folders(keysDir, dataDir, patterns, tools),
                role,
                slots.given(),
                host,
                port);
    }
}
