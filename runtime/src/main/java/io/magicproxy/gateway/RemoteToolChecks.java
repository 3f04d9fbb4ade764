package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Entry;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.upstream.ForbiddenAddresses;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** That remote servers can be told apart, and reached in one way. */
final class RemoteToolChecks {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** These are the protocol's own. */
    private static final Set<String> OURS =
            Set.of(
                    "accept",
                    "connection",
                    "content-length",
                    "content-type",
                    "host",
                    "last-event-id",
                    "mcp-protocol-version",
                    "mcp-session-id",
                    "transfer-encoding");

    private final Problems problems;

    RemoteToolChecks(Problems problems) {
        this.problems = problems;
    }

    void run(Mapping root) {
        at(root, "agent_settings", "mcp_server_url").ifPresent(this::address);
        at(root, "mcp_settings", "servers").ifPresent(this::servers);
    }

    private static Optional<ConfigNode> at(Mapping root, String section, String key) {
        return root.get(section)
                .filter(Mapping.class::isInstance)
                .flatMap(node -> ((Mapping) node).get(key));
    }

    private void servers(ConfigNode list) {
        List<ConfigNode> items = list instanceof Sequence s ? s.items() : List.of(list);
        Set<String> names = new HashSet<>();
        for (ConfigNode item : items) {
            if (item instanceof Mapping server) {
                server.get("name").ifPresent(name -> name(name, names));
                reached(server);
            }
        }
    }

    private void name(ConfigNode node, Set<String> names) {
        Optional<String> text = text(node);
        if (text.isEmpty()) {
            return;
        }
        if (!NAME.matcher(text.get()).matches() || text.get().contains("__")) {
            problems.error(
                    node,
                    "must be letters, digits, - and single _, at most 32: its tools are called"
                            + " <name>__<tool>");
        } else if (!names.add(text.get())) {
            problems.error(node, node.describe() + " names two servers; rename one");
        }
    }

    private void reached(Mapping server) {
        Optional<ConfigNode> url = server.get("url").filter(node -> !node.isNull());
        Optional<ConfigNode> command = server.get("command").filter(node -> !node.isNull());
        if (url.isEmpty() && command.isEmpty()) {
            problems.error(
                    server,
                    "needs \"url\", the address of a server that runs, or \"command\", the program"
                            + " to start");
        }
        if (url.isPresent() && command.isPresent()) {
            problems.error(
                    command.get(),
                    "stands beside url, and a server is reached in one way; remove one");
        }
        url.ifPresent(this::address);
        if (url.isEmpty()) {
            only(server, "headers", "url");
        }
        if (command.isEmpty()) {
            only(server, "args", "command");
            only(server, "env", "command");
        }
        names(server, "headers").forEach(this::header);
        names(server, "env").forEach(this::variable);
    }

    private void only(Mapping server, String key, String with) {
        server.get(key)
                .filter(node -> !node.isNull())
                .ifPresent(node -> problems.error(node, "belongs to a server with a " + with));
    }

    private static Map<String, Entry> names(Mapping server, String key) {
        return server.get(key)
                .filter(Mapping.class::isInstance)
                .map(node -> ((Mapping) node).entries())
                .orElse(Map.of());
    }

    private void header(String name, Entry entry) {
        if (!HEADER.matcher(name).matches()) {
            problems.error(entry.key(), "can't be the name of a header");
        } else if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            problems.error(entry.key(), "is the protocol's own header; remove it");
        }
    }

    private void variable(String name, Entry entry) {
        if (!VARIABLE.matcher(name).matches()) {
            problems.error(entry.key(), "can't be the name of an environment variable");
        }
    }

    private void address(ConfigNode node) {
        text(node).flatMap(RemoteToolChecks::flaw).ifPresent(flaw -> problems.error(node, flaw));
    }

    private static Optional<String> flaw(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("can't be an address: " + e.getReason());
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("must be an http or https address");
        }
        if (uri.getHost() == null) {
            return Optional.of("must name a host");
        }
        if (uri.getRawUserInfo() != null) {
            return Optional.of("must not hold a name or password; give them in headers");
        }
        return forbidden(uri.getHost())
                ? Optional.of("is a link-local or metadata address, which is never called")
                : Optional.empty();
    }

    private static boolean forbidden(String host) {
        try {
            return ForbiddenAddresses.contains(
                    InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")));
        } catch (IllegalArgumentException e) {
            // A name: looked at when it is looked up.
            return false;
        }
    }

    private static Optional<String> text(ConfigNode node) {
        return node instanceof Scalar s && !s.isNull() && !s.text().isBlank() && s.unset().isEmpty()
                ? Optional.of(s.text())
                : Optional.empty();
    }
}
