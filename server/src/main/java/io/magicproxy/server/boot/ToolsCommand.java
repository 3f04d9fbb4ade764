package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the tools alone, for gateways that name this process in {@code mcp_server_url}. */
@Command(
        name = "tools",
        description =
                "Run the tools in a process of their own, which alone reads their secrets; see docs/tools.md.",
        mixinStandardHelpOptions = true)
final class ToolsCommand implements Callable<Integer> {
    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration (MAGIC_PROXY_CONFIG). Default: proxy_config.yaml beside this program.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--tools",
            paramLabel = "DIR",
            description =
                    "The folder of the tools (MAGIC_PROXY_TOOLS). Default: agent_settings.tools_dir.")
    private Optional<Path> tools = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "The folder of this process's own data. Default: tool-server in backend_settings.data_dir.")
    private Optional<Path> dataDir = Optional.empty();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "The address to listen on (MAGIC_PROXY_HOST). Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "8002",
            converter = PortConverter.class,
            description =
                    "The port; 0 picks a free one (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
    private int port = 8002;

    ToolsCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        Path file = config.orElseGet(ServerOptions::besideThisProgram);
        return UntilStopped.serve(
                port,
                at -> {
                    var options = new ToolServer.Options(file, tools, dataDir, host, at);
                    return new ToolServer(options, environment, clock);
                },
                this::welcome);
    }

    private void welcome(ToolServer server, Duration readyAfter) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Magic Proxy's tools serve at http://"
                        + host
                        + ":"
                        + server.port()
                        + "/mcp (ready after "
                        + readyAfter.toMillis()
                        + " ms)");
        out.println("  a gateway uses them with agent_settings.mcp_server_url");
        out.flush();
    }
}
