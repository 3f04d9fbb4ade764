package io.magicproxy.server.boot;

import io.magicproxy.config.DidYouMean;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wrong usage in two lines: what is wrong, and what was surely meant; where the help is. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        String what =
                problem instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched.getUnmatched().getFirst(), command)
                        : problem.getMessage();
        command.getErr().println("magic-proxy: " + what);
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String unknown(String argument, CommandLine command) {
        if (argument.startsWith("-")) {
            String name = argument.replaceFirst("=.*", "");
            return "unknown option \""
                    + name
                    + "\""
                    + DidYouMean.hint(name, command.getCommandSpec().optionsMap().keySet());
        }
        Set<String> commands = command.getSubcommands().keySet();
        return (commands.isEmpty() ? "superfluous argument \"" : "unknown command \"")
                + argument
                + "\""
                + DidYouMean.hint(argument, commands);
    }
}
