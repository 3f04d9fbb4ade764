package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Without a command it starts the gateway. */
@Command(
        name = "magic-proxy",
        description =
                "An LLM gateway: routes OpenAI-compatible requests over many providers and keys.",
        synopsisSubcommandLabel = "[start|check|ask|key|pattern|tool|tools|worker|version]",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main {
    private Main() {}

    /** Exit codes: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] args) {
        Environment environment = Environment.system();
        Logs.setUp(environment);
        CommandLine line =
                new CommandLine(new Main())
                        .addSubcommand(new StartCommand(environment, InstantSource.system()))
                        .addSubcommand(new CheckCommand(environment, InstantSource.system()))
                        .addSubcommand(new AskCommand(environment, InstantSource.system()))
                        .addSubcommand(new KeyCommand())
                        .addSubcommand(new PatternCommand())
                        .addSubcommand(new ToolCommand())
                        .addSubcommand(new ToolsCommand(environment, InstantSource.system()))
                        .addSubcommand(new WorkerCommand(environment, InstantSource.system()))
                        .addSubcommand(new VersionCommand())
                        .setParameterExceptionHandler(new UsageErrors())
                        .setExecutionExceptionHandler(Main::explain)
                        .setDefaultValueProvider(new FromEnvironment(environment));
        System.exit(line.execute(withDefault(args)));
    }

    private static String[] withDefault(String[] args) {
        boolean named =
                args.length > 0
                        && (!args[0].startsWith("-")
                                || List.of("-h", "--help", "-V", "--version").contains(args[0]));
        if (named) {
            return args;
        }
        String[] all = new String[args.length + 1];
        all[0] = "start";
        System.arraycopy(args, 0, all, 1, args.length);
        return all;
    }

    private static int explain(Exception problem, CommandLine line, CommandLine.ParseResult parsed)
            throws Exception {
        if (problem instanceof StartFailedException || problem instanceof StoreException) {
            line.getErr().println("magic-proxy: " + problem.getMessage());
            return 1;
        }
        if (problem instanceof IOException) {
            // Its class says what a bare message, often just a name, does not.
            line.getErr().println("magic-proxy: " + problem);
            return 1;
        }
        throw problem;
    }
}
