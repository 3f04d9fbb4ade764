package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import java.io.IOException;
import java.net.ConnectException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * One question in the terminal, the answer streamed: by the gateway that runs, else by one started
 * for it.
 */
@Command(
        name = "ask",
        description =
                "Ask a model or an agent one question; the answer is streamed, an agent's steps and thoughts to the standard error.",
        mixinStandardHelpOptions = true)
final class AskCommand implements Callable<Integer> {
    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ServerOptions options = new ServerOptions();

    @Parameters(
            index = "0",
            paramLabel = "ALIAS",
            description = "The model to ask, see GET /v1/models.")
    private String alias = "";

    @Parameters(index = "1", paramLabel = "QUESTION", description = "The question.")
    private String question = "";

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description =
                    "Where a running gateway is (MAGIC_PROXY_HOST). Default: this machine; if none runs, one is started for the question.")
    private Optional<String> host = Optional.empty();

    @Option(
            names = "--port",
            defaultValue = "8001",
            converter = PortConverter.class,
            description = "Its port (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
    private int port = 8001;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Its key, if it wants one (MAGIC_PROXY_KEY).")
    private Optional<String> key = Optional.empty();

    AskCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        try {
            return ask(host.orElse(StartCommand.LOOPBACK), port);
        } catch (ConnectException nobodyThere) {
            if (host.isPresent()) {
                spec.commandLine().getErr().println(nobodyAt(host.get()));
                return 1;
            }
            Logs.atLeast(Level.WARNING);
            try (GatewayServer server =
                    GatewayServer.start(options.at(StartCommand.LOOPBACK, 0), environment, clock)) {
                return ask(StartCommand.LOOPBACK, server.port());
            }
        }
    }

    private String nobodyAt(String named) {
        return "magic-proxy: no gateway answers at "
                + named
                + ":"
                + port
                + "; start it there, or leave --host out to ask on this machine";
    }

    private int ask(String at, int itsPort) throws IOException, InterruptedException {
        var commandLine = spec.commandLine();
        var printer =
                new AskPrinter(commandLine.getOut(), commandLine.getErr(), Terminals.interactive());
        try (var client = new AskClient(at, itsPort, key, printer)) {
            return client.ask(alias, question);
        }
    }
}
