package io.magicproxy.server.http;

import io.magicproxy.quota.VirtualKey;
import io.magicproxy.quota.VirtualKeys.Found;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who may ask what: deny by default, with one list of exceptions. Immutable; each configuration has
 * its own.
 */
public final class AccessRules {
    /** What can be asked without a key. */
    private static final Set<String> OPEN =
            Set.of(
                    "GET /health/liveness",
                    "GET /health/readiness",
                    "HEAD /health/liveness",
                    "HEAD /health/readiness",
                    "GET /admin/whoami",
                    "POST /admin/login");

    /**
     * Where the API stands. Elsewhere there is nothing but the page's files: a request without a
     * key gets one of them or a refusal, and never sees the router. So a path that is forgotten
     * here is closed all the same.
     */
    private static final Set<String> API =
            Set.of("v1", "mcp", "tools", "admin", "health", "metrics");

    /** What of it a virtual key opens. */
    private static final Set<String> FOR_CLIENTS = Set.of("v1", "mcp", "tools");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private static final int SHOWN_BYTES = 6;

    private final Optional<byte[]> masterKeyHash;
    private final Set<String> hosts;
    private final Set<String> corsOrigins;
    private final Logins logins;
    private final Function<byte[], Found> virtualKeys;

    /** Without virtual keys. */
    public AccessRules(
            Optional<String> masterKey,
            List<String> hosts,
            List<String> corsOrigins,
            Logins logins) {
        this(masterKey, hosts, corsOrigins, logins, _ -> new Found.Unknown());
    }

    /**
     * @param masterKey absent: everybody who reaches the gateway may use it
     * @param hosts names besides the loopback's by which the gateway is called, without a port
     * @param corsOrigins web origins whose pages may call it
     * @param logins outlive the configuration
     * @param virtualKeys found by the hash of their secrets
     */
    public AccessRules(
            Optional<String> masterKey,
            List<String> hosts,
            List<String> corsOrigins,
            Logins logins,
            Function<byte[], Found> virtualKeys) {
        this.virtualKeys = virtualKeys;
        this.masterKeyHash = masterKey.map(AccessRules::hash);
        this.hosts = Set.copyOf(hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList());
        this.corsOrigins = Set.copyOf(corsOrigins);
        this.logins = logins;
    }

    /** A name that somebody else made point here (DNS rebinding) is refused. */
    public boolean knowsHost(String authority) {
        String host = withoutPort(authority).toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(host) || hosts.contains(host);
    }

    public boolean allowsOrigin(String origin) {
        return corsOrigins.contains(origin);
    }

    /**
     * Whether a page of another site could have sent this, without its user's knowledge.
     *
     * @param authority the request's own Host
     */
    public boolean isForeign(
            String method,
            String path,
            String authority,
            Optional<String> origin,
            Optional<String> fetchSite) {
        // MCP wants every origin looked at.
        if (READING.contains(method) && !path.startsWith("/mcp")) {
            return false;
        }
        if (origin.isPresent()) {
            String from = origin.get();
            return !allowsOrigin(from)
                    && !from.equals("http://" + authority)
                    && !from.equals("https://" + authority);
        }
        return fetchSite
                .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                .isPresent();
    }

    /** Whether this can be asked with what comes with it. */
    public Access judge(Access.Asked asked) {
        if (masterKeyHash.isEmpty()) {
            return new Access.Admitted(new Access.Who.Nobody());
        }
        byte[] master = masterKeyHash.get();
        Optional<byte[]> hash = asked.key().map(AccessRules::hash);
        if (hash.isPresent() && MessageDigest.isEqual(master, hash.get())) {
            return new Access.Admitted(new Access.Who.Key(shown(master)));
        }
        Optional<Logins.Login> login = asked.cookie().flatMap(c -> logins.find(c, master));
        boolean tokenNeeded = login.isPresent() && !READING.contains(asked.method());
        if (login.isPresent() && (!tokenNeeded || login.get().hasToken(asked.token()))) {
            return new Access.Admitted(new Access.Who.Session(login.get()));
        }
        if (hash.isEmpty()) {
            return withoutKey(asked, tokenNeeded);
        }
        return switch (virtualKeys.apply(hash.get())) {
            case Found.Good(VirtualKey key) -> withVirtual(key, asked);
            case Found.Ended(String why) ->
                    isOpen(asked)
                            ? new Access.Admitted(new Access.Who.Nobody())
                            : new Access.Ended(why);
            case Found.Unknown _ -> withoutKey(asked, tokenNeeded);
        };
    }

    private static boolean isOpen(Access.Asked asked) {
        return OPEN.contains(asked.method() + " " + asked.path());
    }

    private static Access withVirtual(VirtualKey key, Access.Asked asked) {
        if (isOpen(asked)) {
            return new Access.Admitted(new Access.Who.Nobody());
        }
        if (FOR_CLIENTS.contains(first(asked.path()))) {
            return new Access.Admitted(new Access.Who.Virtual(key));
        }
        return isReading(asked) && !isApi(asked.path())
                ? new Access.FilesOnly()
                : new Access.AdminOnly();
    }

    private static boolean isReading(Access.Asked asked) {
        return asked.method().equals("GET") || asked.method().equals("HEAD");
    }

    private static Access withoutKey(Access.Asked asked, boolean tokenNeeded) {
        if (isOpen(asked)) {
            return new Access.Admitted(new Access.Who.Nobody());
        }
        if (tokenNeeded) {
            return new Access.NeedsToken();
        }
        return isReading(asked) && !isApi(asked.path())
                ? new Access.FilesOnly()
                : new Access.NeedsKey(asked.key().isPresent() || asked.cookie().isPresent());
    }

    public boolean needsKey() {
        return masterKeyHash.isPresent();
    }

    /** What came of showing a key. */
    public sealed interface Login {
        record Begun(Logins.Begun begun) implements Login {}

        record Wrong() implements Login {}

        /** Too many wrong ones. */
        record Later(Duration left) implements Login {}
    }

    /**
     * Begins a login.
     *
     * @param address where the request comes from
     */
    public Login login(String key, String address) {
        byte[] master = masterKeyHash.orElseThrow();
        Optional<Duration> wait = logins.tryKey(address);
        if (wait.isPresent()) {
            return new Login.Later(wait.get());
        }
        if (!isMaster(key, master)) {
            return new Login.Wrong();
        }
        logins.rightKey(address);
        return new Login.Begun(logins.begin(master));
    }

    /** Whether a path is the API's, not the page's. */
    public static boolean isApi(String path) {
        return API.contains(first(path));
    }

    /** The path's first part. */
    private static String first(String path) {
        int from = path.startsWith("/") ? 1 : 0;
        int to = path.indexOf('/', from);
        return path.substring(from, to < 0 ? path.length() : to);
    }

    /** Whether the gateway is called by a name that never leaves this machine. */
    public static boolean isLoopback(String authority) {
        return LOOPBACK.contains(withoutPort(authority).toLowerCase(Locale.ROOT));
    }

    /** Hashes are equally long, so that the comparison's time tells nothing of the key. */
    private static boolean isMaster(String key, byte[] master) {
        return MessageDigest.isEqual(master, hash(key));
    }

    private static String shown(byte[] hash) {
        return HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    static String withoutPort(String authority) {
        // An IPv6 address stands in brackets, with colons of its own.
        int colon = authority.indexOf(':', Math.max(0, authority.indexOf(']')));
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
