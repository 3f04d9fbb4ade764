package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option that isn't given is taken from the environment: {@code --data-dir} from {@code
 * MAGIC_PROXY_DATA_DIR}.
 */
record FromEnvironment(Environment environment) implements IDefaultValueProvider {
    @Override
    public @Nullable String defaultValue(ArgSpec arg) {
        if (!(arg instanceof OptionSpec option) || option.arity().max() == 0) {
            return null;
        }
        String name =
                option.longestName()
                        .replaceFirst("^--", "")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT);
        return environment.get("MAGIC_PROXY_" + name).orElse(arg.defaultValue());
    }
}
