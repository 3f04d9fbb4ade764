package io.magicproxy.server.boot;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.config.Environment;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.ProviderCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The gateway can't start; the message says why, and what to do. */
public final class StartFailedException extends Exception {
    public StartFailedException(String message) {
        super(message);
    }

    static StartFailedException invalid(String file, List<ConfigProblem> problems) {
        return new StartFailedException(
                "the configuration can't be used:\n"
                        + String.join(
                                "\n", problems.stream().map(p -> "  " + p.format(file)).toList()));
    }

    /** Reads the configuration before anything is opened that it names. */
    static GatewayConfig loaded(Path file, Environment environment, ProviderCatalog catalog)
            throws StartFailedException, IOException {
        if (!Files.isRegularFile(file)) {
            throw new StartFailedException(
                    "there is no configuration at " + file + "; name one with --config");
        }
        return switch (Gateway.check(Files.readAllBytes(file), environment, catalog)) {
            case Result.Loaded<GatewayConfig> loaded -> loaded.config();
            case Result.Invalid<GatewayConfig> invalid ->
                    throw invalid(file.toString(), invalid.problems());
        };
    }
}
