package io.magicproxy.server.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The id by which a request is found again in logs and traces. */
final class RequestIds {
    private static final int MAX_LENGTH = 128;

    /** Ids of different processes must not meet; within one, a fast generator is enough. */
    private static final long PROCESS = new SecureRandom().nextLong();

    private RequestIds() {}

    /** The caller's own if it can do no harm in a log or header, else a new one. */
    static String of(Optional<String> given) {
        return given.filter(RequestIds::sane).orElseGet(RequestIds::create);
    }

    private static String create() {
        return "req_"
                + HexFormat.of().toHexDigits(PROCESS ^ ThreadLocalRandom.current().nextLong());
    }

    private static boolean sane(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-_.:/+=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
