package io.magicproxy.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
                    "HEAD /health/readiness");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final Optional<byte[]> masterKeyHash;
    private final Set<String> hosts;
    private final Set<String> corsOrigins;

    /**
     * @param masterKey absent: everybody who reaches the gateway may use it
     * @param hosts names besides the loopback's by which the gateway is called, without a port
     * @param corsOrigins web origins whose pages may call it
     */
    public AccessRules(Optional<String> masterKey, List<String> hosts, List<String> corsOrigins) {
        this.masterKeyHash = masterKey.map(AccessRules::hash);
        this.hosts = Set.copyOf(hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList());
        this.corsOrigins = Set.copyOf(corsOrigins);
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

    /** Whether this can be asked with that key, or without one. */
    public boolean admits(String method, String path, Optional<String> key) {
        if (masterKeyHash.isEmpty() || OPEN.contains(method + " " + path)) {
            return true;
        }
        // Hashes are equally long, so that the comparison's time tells nothing of the key.
        return key.isPresent() && MessageDigest.isEqual(masterKeyHash.get(), hash(key.get()));
    }

    private static String withoutPort(String authority) {
        // An IPv6 address stands in brackets, with colons of its own.
        int colon = authority.indexOf(':', Math.max(0, authority.indexOf(']')));
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
