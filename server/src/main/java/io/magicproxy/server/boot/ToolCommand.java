package io.magicproxy.server.boot;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with tools. */
@Command(
        name = "tool",
        description = "Test tools: \"tool test FILE\".",
        synopsisSubcommandLabel = "test",
        subcommands = ToolTestCommand.class,
        mixinStandardHelpOptions = true)
final class ToolCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "what shall be done? There is: tool test FILE");
    }
}
