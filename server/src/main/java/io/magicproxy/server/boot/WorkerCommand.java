package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Works at the runs of other gateways, and answers only for its health. */
@Command(
        name = "worker",
        description = "Work at runs that gateways have queued on Kafka; see docs/operations.md.",
        mixinStandardHelpOptions = true)
final class WorkerCommand implements Callable<Integer> {
    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ServerOptions options = new ServerOptions();
    @Mixin private SlotsOption slots = new SlotsOption();

    @Option(
            names = "--host",
            defaultValue = StartCommand.LOOPBACK,
            description =
                    "The address of /health and /metrics (MAGIC_PROXY_HOST). Default: ${DEFAULT-VALUE}.")
    private String host = StartCommand.LOOPBACK;

    @Option(
            names = "--port",
            defaultValue = "8003",
            converter = PortConverter.class,
            description =
                    "Their port; 0 picks a free one (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
    private int port = 8003;

    WorkerCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        return UntilStopped.serve(
                port,
                at ->
                        GatewayServer.start(
                                options.at(NodeOptions.Role.WORKER, slots, host, at),
                                environment,
                                clock),
                this::welcome);
    }

    private void welcome(GatewayServer server, Duration readyAfter) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Magic Proxy works at runs; its health is at http://"
                        + host
                        + ":"
                        + server.port()
                        + "/health (ready after "
                        + readyAfter.toMillis()
                        + " ms)");
        out.flush();
    }
}
