package io.magicproxy.tool.script;

import io.magicproxy.config.Option;
import io.magicproxy.tool.ToolSpec.Conduct;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.tool.power.PowerRequests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a tool's file exports as {@code manifest} or {@code MANIFEST}; all of it can be left out.
 */
public record ToolManifest(
        @Option(value = "The tool's name for people.", example = "Web search")
                Optional<String> title,
        @Option(
                        value = "What it does, for models, in place of the comment or docstring.",
                        example = "Searches the web.")
                Optional<String> description,
        @Option(
                        value =
                                "What a second call would do: `none`, nothing; `idempotent`, nothing more with the same call id;"
                                        + " `once`, perhaps harm.",
                        standard = "once")
                Effect effect,
        @Option(value = "After which a call is given up.", standard = "60s", min = 1)
                Duration timeout,
        @Option(value = "How many calls may be under way at once.", standard = "16", min = 1)
                int concurrency,
        @Option(value = "Hosts that it wants to reach.", example = "[api.example.com]")
                List<String> network,
        @Option(value = "Files that it wants to read.", example = "[docs/]") List<String> files,
        @Option(value = "Whether it wants to ask agents.", standard = "false") boolean agents) {
    /** What the tool asks for; it gets what the configuration grants of it. */
    public PowerRequests requests() {
        return new PowerRequests(network, files, agents);
    }

    /** With a time-out that isn't longer than any may be. */
    Conduct conduct(Duration ceiling) {
        return new Conduct(effect, timeout.compareTo(ceiling) < 0 ? timeout : ceiling, concurrency);
    }
}
