package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.config.Option;
import java.time.Duration;

/** {@code sandbox_settings.tools}: how far one call of a tool may go. A change needs a restart. */
public record ToolSandboxConfig(
        @Option(
                        value =
                                "A tool's own work in one call; waiting for hosts and agents doesn't count.",
                        standard = "10s",
                        min = 1)
                Duration guestTime,
        @Option(
                        value =
                                "The longest `timeout` that a tool's manifest may ask for: one call from beginning to end, waiting included.",
                        standard = "1h",
                        min = 1)
                Duration wallTime,
        @Option(
                        value = "Statements that a tool may execute in one call.",
                        standard = "50000000",
                        min = 1000)
                int statements,
        @Option(
                        value = "What a tool may print, and what its result may hold.",
                        standard = "4MiB",
                        min = 1024)
                DataSize output,
        @Option(value = "How deep a tool's calls may nest.", standard = "2000", min = 50)
                int stackFrames,
        @Option(
                        value = "The largest result that a model gets to read, as JSON.",
                        standard = "256KiB",
                        min = 1024)
                DataSize maxResult,
        @Option(
                        value =
                                "The largest answer that a tool may fetch; a tool asks for 1 MiB if it doesn't say.",
                        standard = "4MiB",
                        min = 1024)
                DataSize maxFetch,
        @Option(value = "The largest file that a tool may read.", standard = "1MiB", min = 1024)
                DataSize maxFile) {}
