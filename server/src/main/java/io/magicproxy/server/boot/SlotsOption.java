package io.magicproxy.server.boot;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of the commands that work at runs. */
final class SlotsOption {
    @Option(
            names = "--slots",
            paramLabel = "N",
            description =
                    "Runs that this process works at together (MAGIC_PROXY_SLOTS). Default: backend_settings.queue.slots.")
    private Optional<Integer> slots = Optional.empty();

    Optional<Integer> given() {
        return slots;
    }
}
