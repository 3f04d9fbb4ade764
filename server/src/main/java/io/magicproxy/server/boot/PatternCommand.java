package io.magicproxy.server.boot;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with patterns. */
@Command(
        name = "pattern",
        description = "Test patterns: \"pattern test FILE\".",
        synopsisSubcommandLabel = "test",
        subcommands = PatternTestCommand.class,
        mixinStandardHelpOptions = true)
final class PatternCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "what shall be done? There is: pattern test FILE");
    }
}
