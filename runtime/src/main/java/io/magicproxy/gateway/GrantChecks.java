package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.tool.power.NetworkEntry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** That what stands in grants are hosts and paths. */
final class GrantChecks {
    private final Problems problems;

    GrantChecks(Problems problems) {
        this.problems = problems;
    }

    void run(ConfigNode grants) {
        if (grants instanceof Mapping byTool) {
            byTool.entries().values().forEach(grant -> check(grant.value()));
        }
    }

    private void check(ConfigNode grant) {
        if (grant instanceof Mapping keys) {
            keys.get("network").ifPresent(list -> each(list, NetworkEntry::of));
            keys.get("files").ifPresent(list -> each(list, GrantChecks::path));
        }
    }

    private void each(ConfigNode list, Consumer<String> reads) {
        List<ConfigNode> items = list instanceof Sequence s ? s.items() : List.of(list);
        for (ConfigNode item : items) {
            if (item instanceof Scalar text && !text.isNull() && !text.text().isBlank()) {
                try {
                    reads.accept(text.text());
                } catch (IllegalArgumentException e) {
                    problems.error(item, String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private static void path(String text) {
        try {
            var _ = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "can't be a path on this system: " + e.getReason(), e);
        }
    }
}
