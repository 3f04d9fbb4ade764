package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.Route;
import io.magicproxy.server.openai.ModelsApi;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts the gateway and serves until it is told to stop. */
@Command(
        name = "start",
        description = "Start the gateway (the default).",
        mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    static final String LOOPBACK = "127.0.0.1";

    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ServerOptions options = new ServerOptions();
    @Mixin private SlotsOption slots = new SlotsOption();

    @Option(
            names = "--host",
            defaultValue = LOOPBACK,
            description = "The address to listen on (MAGIC_PROXY_HOST). Default: ${DEFAULT-VALUE}.")
    private String host = LOOPBACK;

    @Option(
            names = "--port",
            defaultValue = "8001",
            converter = PortConverter.class,
            description =
                    "The port; 0 picks a free one (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
    private int port = 8001;

    StartCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        return UntilStopped.serve(
                port,
                at ->
                        GatewayServer.start(
                                options.at(NodeOptions.Role.GATEWAY, slots, host, at),
                                environment,
                                clock),
                this::welcome);
    }

    private void welcome(GatewayServer server, Duration readyAfter) {
        GatewayGeneration generation = server.gateway().current();
        List<String> runnable =
                generation.routes().all().stream()
                        .filter(ModelsApi::isRunnable)
                        .map(Route::name)
                        .toList();
        List<String> waiting =
                generation.routes().all().stream()
                        .filter(r -> !ModelsApi.isRunnable(r))
                        .map(Route::name)
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Magic Proxy serves at http://"
                        + host
                        + ":"
                        + server.port()
                        + "/v1 (ready after "
                        + readyAfter.toMillis()
                        + " ms)");
        out.println("  in a browser: http://" + host + ":" + server.port() + "/");
        out.println(
                "  can run:     "
                        + (runnable.isEmpty() ? "nothing yet" : String.join(", ", runnable)));
        if (!waiting.isEmpty()) {
            out.println("  need a key:  " + String.join(", ", waiting));
        }
        out.println(
                "  keys go to:  "
                        + Gateway.keysDir(server.gateway().paths(), generation.config()).normalize()
                        + "/keys_pool_<provider>.env, or <PROVIDER>_API_KEY");
        out.flush();
    }
}
