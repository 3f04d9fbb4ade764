package io.magicproxy.tool.script;

import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.tool.files.GrantedFiles;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.Fetcher;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.secret.ToolEnvironments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What script tools can be given; what each of them gets is its grant's matter.
 *
 * @param grants as they are now, by the tool's name
 * @param mask takes secrets out of what leaves a tool for elsewhere than its own hosts
 */
public record ToolPowers(
        Function<String, GrantConfig> grants,
        ToolEnvironments environments,
        UnaryOperator<String> mask,
        Fetcher fetcher,
        GrantedFiles files,
        Limits limits) {
    private static final SandboxLimits RUN =
            new SandboxLimits(
                    Duration.ofSeconds(10), Duration.ofHours(1), 50_000_000, 4 << 20, 2_000);

    /**
     * How far one call may go.
     *
     * @param run of the script
     * @param maxFetch bytes of one answer, whatever the tool asks for
     */
    public record Limits(SandboxLimits run, int maxFetch) {
        public static Limits defaults() {
            return new Limits(RUN, 4 << 20);
        }
    }

    /** For tools that only compute. */
    public static ToolPowers none() {
        return new ToolPowers(
                _ -> GrantConfig.nothing(),
                new ToolEnvironments(Path.of("no-env")),
                UnaryOperator.identity(),
                (_, _, _) -> {
                    throw new FetchException(
                            FetchException.Kind.NOT_ALLOWED, "there is no network here");
                },
                new GrantedFiles(Path.of(""), List::of, 0),
                Limits.defaults());
    }
}
