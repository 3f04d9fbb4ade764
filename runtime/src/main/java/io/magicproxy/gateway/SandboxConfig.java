package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.config.Option;
import io.magicproxy.tool.power.GrantConfig;
import java.time.Duration;
import java.util.Map;

/**
 * {@code sandbox_settings}: where scripts run, how far, and what tools may do. A change of anything
 * but the grants needs a restart.
 */
public record SandboxConfig(
        @Option(
                        value =
                                "`process`: in child processes that hold no key and can be killed. `in_process`: in the gateway's own,"
                                        + " which saves memory and has one wall less.",
                        standard = "process")
                Isolation isolation,
        @Option(value = "Child processes for each language that is used.", standard = "1", min = 1)
                int hosts,
        @Option(
                        value = "Child processes for each language when many runs are open.",
                        standard = "4",
                        min = 1)
                int maxHosts,
        @Option(value = "The heap of each.", standard = "384MiB", min = 67108864)
                DataSize hostMemory,
        @Option(
                        value =
                                "A script's own work in one run; waiting for models and tools doesn't count.",
                        standard = "30s",
                        min = 1)
                Duration guestTime,
        @Option(
                        value = "One run of a script from beginning to end, sleep included.",
                        standard = "1h",
                        min = 1)
                Duration wallTime,
        @Option(
                        value = "Statements that a script may execute in one run.",
                        standard = "200000000",
                        min = 1000)
                int statements,
        @Option(
                        value =
                                "What a script may print, and what one call or the result may hold.",
                        standard = "4MiB",
                        min = 1024)
                DataSize output,
        @Option(value = "How deep a script's calls may nest.", standard = "2000", min = 50)
                int stackFrames,
        @Option("How far one call of a tool may go.") ToolSandboxConfig tools,
        @Option(
                        value =
                                "The folder of the tools' secrets, one file `<tool>.env` each, relative to this file.",
                        standard = "env")
                String envDir,
        @Option(
                        "What each tool may do beyond computing, by its name. A change counts at once; a tool that asks for more doesn't load.")
                Map<String, GrantConfig> grants) {

    /** Where scripts run. */
    public enum Isolation {
        PROCESS,
        IN_PROCESS
    }
}
