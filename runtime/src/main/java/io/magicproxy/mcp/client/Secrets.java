package io.magicproxy.mcp.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may not be seen of a server's settings. */
final class Secrets {
    private static final String BASIC = "basic ";

    private Secrets() {}

    /** All that its own messages must not show. */
    static Set<String> of(ServerSettings settings) {
        return switch (settings.endpoint()) {
            case Endpoint.Http http -> {
                Set<String> all = parts(http.headers().values());
                if (http.uri().getQuery() != null) {
                    for (String pair : http.uri().getQuery().split("&", -1)) {
                        all.add(pair.substring(pair.indexOf('=') + 1));
                    }
                }
                yield all;
            }
            case Endpoint.Program program -> parts(program.environment().values());
        };
    }

    /** What nothing at all must show: an environment has words in it that others use, too. */
    static Set<String> told(ServerSettings settings) {
        return switch (settings.endpoint()) {
            case Endpoint.Http _ -> of(settings);
            case Endpoint.Program program -> {
                Map<String, String> referenced = new HashMap<>(program.environment());
                referenced.keySet().retainAll(program.referenced());
                yield parts(referenced.values());
            }
        };
    }

    /**
     * Of {@code Bearer abc} the second word is the secret, of {@code Basic …} what it stands for.
     */
    private static Set<String> parts(Collection<String> values) {
        Set<String> all = new HashSet<>();
        for (String value : values) {
            all.add(value);
            all.addAll(List.of(value.split("\\s+", -1)));
            if (value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
                all.addAll(password(value.substring(BASIC.length()).strip()));
            }
        }
        return all;
    }

    private static Set<String> password(String encoded) {
        try {
            String plain = new String(Base64.getDecoder().decode(encoded), UTF_8);
            return Set.of(plain, plain.substring(plain.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Set.of();
        }
    }
}
