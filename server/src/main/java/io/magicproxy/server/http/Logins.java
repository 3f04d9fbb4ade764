package io.magicproxy.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who is logged in at the page: by a random cookie, each with a token of its own that another
 * site's page can't know. In memory: a restart ends them all.
 */
public final class Logins {
    private static final Duration IDLE = Duration.ofHours(12);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int WRONG_KEYS = 5;
    private static final int MAX_LOGINS = 1_000;
    private static final int MAX_ADDRESSES = 10_000;
    private static final int RANDOM_BYTES = 32;
    private static final int SHOWN = 8;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Kept> open = oldestFirst(MAX_LOGINS);
    private final Map<String, Deque<Instant>> wrong = oldestFirst(MAX_ADDRESSES);

    /** Only hashes of cookies are kept, so that looking one up tells nothing of it by its time. */
    private record Kept(Login login, byte[] masterKeyHash) {}

    /**
     * One login.
     *
     * @param id for the log
     * @param csrf what a request that changes something must send besides the cookie
     */
    public record Login(String id, String csrf, Instant expiresAt) {
        boolean hasToken(Optional<String> given) {
            return given.isPresent()
                    && MessageDigest.isEqual(
                            csrf.getBytes(StandardCharsets.UTF_8),
                            given.get().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A login with the cookie that is told once, and not kept. */
    public record Begun(String cookie, Login login) {}

    public Logins(InstantSource clock) {
        this.clock = clock;
    }

    private static <V> Map<String, V> oldestFirst(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * The cookie's name at this host. Cookies don't know ports: two gateways on one machine would
     * take each other's.
     */
    public static String cookieName(String authority) {
        String port = authority.substring(AccessRules.withoutPort(authority).length());
        return "magic_session" + port.replace(':', '_');
    }

    /** Somebody has shown the key. */
    synchronized Begun begin(byte[] masterKeyHash) {
        String cookie = secret();
        String hash = AccessRules.hex(AccessRules.hash(cookie));
        Login login = new Login(hash.substring(0, SHOWN), secret(), clock.instant().plus(IDLE));
        open.put(hash, new Kept(login, masterKeyHash));
        return new Begun(cookie, login);
    }

    /** The login of a cookie, if it holds; it then holds on for a while. */
    synchronized Optional<Login> find(String cookie, byte[] masterKeyHash) {
        String hash = AccessRules.hex(AccessRules.hash(cookie));
        Kept kept = open.get(hash);
        if (kept == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (now.isAfter(kept.login.expiresAt())
                || !MessageDigest.isEqual(kept.masterKeyHash, masterKeyHash)) {
            open.remove(hash);
            return Optional.empty();
        }
        Login login = new Login(kept.login.id(), kept.login.csrf(), now.plus(IDLE));
        open.put(hash, new Kept(login, masterKeyHash));
        return Optional.of(login);
    }

    public synchronized void end(String cookie) {
        open.remove(AccessRules.hex(AccessRules.hash(cookie)));
    }

    /**
     * Counts a try before its key is looked at, so that tries at once count, too.
     *
     * @return how long the address must wait, if it has shown too many wrong keys
     */
    synchronized Optional<Duration> tryKey(String address) {
        Instant now = clock.instant();
        Deque<Instant> times = wrong.computeIfAbsent(address, _ -> new ArrayDeque<>());
        while (!times.isEmpty() && !times.getFirst().plus(WINDOW).isAfter(now)) {
            times.removeFirst();
        }
        if (times.size() >= WRONG_KEYS) {
            return Optional.of(Duration.between(now, times.getFirst().plus(WINDOW)));
        }
        times.addLast(now);
        return Optional.empty();
    }

    /** The key was the right one: the address's tries are forgotten. */
    synchronized void rightKey(String address) {
        wrong.remove(address);
    }

    private String secret() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
