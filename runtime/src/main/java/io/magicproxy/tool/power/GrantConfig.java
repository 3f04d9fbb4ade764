package io.magicproxy.tool.power;

import io.magicproxy.config.Option;
import java.util.List;

/** {@code sandbox_settings.grants.<tool>}: what a tool may do beyond computing. */
public record GrantConfig(
        @Option(
                        value =
                                "Hosts that it may call: a name, `*.example.com` for all below that name, `*` for every public host, an address"
                                        + " or a block of addresses; `:port` after it means that port only. A private address is called only if it, or its"
                                        + " block, is listed.",
                        example = "[api.example.com, \"*.example.org\", \"localhost:8188\"]")
                List<String> network,
        @Option(
                        value =
                                "Files and folders that it may read, relative to this file; never keys, secrets, data, or this file.",
                        example = "[docs, prices.csv]")
                List<String> files,
        @Option(value = "Whether it may ask agents.", standard = "false") boolean agents) {

    public static GrantConfig nothing() {
        return new GrantConfig(List.of(), List.of(), false);
    }
}
