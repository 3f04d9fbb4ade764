package io.magicproxy.server.boot;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.config.Environment;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayPowers;
import io.magicproxy.gateway.KeySources;
import io.magicproxy.gateway.ProviderCatalog;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says everything that is wrong with configuration and keys, without starting anything. */
@Command(
        name = "check",
        description =
                "Check configuration, keys, patterns and tools; exit 1 with every problem listed.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ServerOptions options = new ServerOptions();

    CheckCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        Path file = options.config();
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.isRegularFile(file)) {
            throw new StartFailedException(
                    "there is no configuration at " + file + "; name one with --config");
        }
        ProviderCatalog catalog = ProviderCatalog.standard(clock);
        Result<GatewayConfig> result =
                Gateway.check(Files.readAllBytes(file), environment, catalog);
        result.problems().forEach(p -> out.println(line(p, file)));
        List<String> others =
                switch (result) {
                    case Result.Loaded<GatewayConfig>(GatewayConfig config, var _) ->
                            Stream.concat(
                                            keys(file, config, catalog, out).stream(),
                                            scripts(catalog, out).stream())
                                    .toList();
                    case Result.Invalid<GatewayConfig> _ -> List.of();
                };
        others.forEach(out::println);
        long errors =
                others.size()
                        + result.problems().stream()
                                .filter(p -> p.severity() == ConfigProblem.Severity.ERROR)
                                .count();
        out.println(
                errors == 0
                        ? file + " is fine"
                        : errors + (errors == 1 ? " problem" : " problems"));
        out.flush();
        return errors == 0 ? 0 : 1;
    }

    private List<String> scripts(ProviderCatalog catalog, PrintWriter out) throws Exception {
        out.flush(); // Loading Python takes a moment.
        Logs.atLeast(Level.SEVERE);
        return new ScriptCheck(options.at(StartCommand.LOOPBACK, 0), environment, catalog, clock)
                .problems(out::println);
    }

    private static String line(ConfigProblem problem, Path file) {
        String note = problem.severity() == ConfigProblem.Severity.NOTE ? " (note)" : "";
        return problem.format(file.toString()) + note;
    }

    private List<String> keys(
            Path file, GatewayConfig config, ProviderCatalog catalog, PrintWriter out) {
        var paths = new Gateway.Paths(file, options.keysDir(), Optional.empty());
        KeySources sources = new KeySources(Gateway.keysDir(paths, config), environment);
        List<String> pools = sources.poolsOf(config, catalog);
        for (String pool : pools) {
            if (sources.read(pool).keys().isEmpty()) {
                out.println("pool " + pool + " has no key: " + sources.remedy(pool) + " (note)");
            }
        }
        return Stream.concat(
                        pools.stream().flatMap(pool -> sources.read(pool).problems().stream()),
                        GatewayPowers.environments(paths, config.sandboxSettings())
                                .problems()
                                .stream())
                .toList();
    }
}
