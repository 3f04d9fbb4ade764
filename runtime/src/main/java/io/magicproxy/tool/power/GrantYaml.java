package io.magicproxy.tool.power;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Shows what to write into the configuration. */
public final class GrantYaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]*(?::[0-9]+)?");

    private GrantYaml() {}

    /** How a tool's grant must read to allow more than it does. */
    public static String with(String tool, GrantConfig now, GrantConfig more) {
        var both =
                new GrantConfig(
                        union(now.network(), more.network()),
                        union(now.files(), more.files()),
                        now.agents() || more.agents());
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "to allow it, let proxy_config.yaml say:",
                                "",
                                "sandbox_settings:",
                                "  grants:",
                                "    " + quoted(tool) + ":"));
        if (!both.network().isEmpty()) {
            lines.add("      network: " + list(both.network()));
        }
        if (!both.files().isEmpty()) {
            lines.add("      files: " + list(both.files()));
        }
        if (both.agents()) {
            lines.add("      agents: true");
        }
        return String.join("\n", lines);
    }

    private static List<String> union(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    private static String list(List<String> items) {
        return "[" + String.join(", ", items.stream().map(GrantYaml::quoted).toList()) + "]";
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
