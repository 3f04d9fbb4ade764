package io.magicproxy.server.openai;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.magicproxy.cache.CacheTerms;
import io.magicproxy.cache.CacheTerms.Directive;
import io.magicproxy.gateway.CacheCircle;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.server.http.RequestInfo;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code Cache-Control}: on what terms a request uses the cache. */
final class CacheHeaders {
    private CacheHeaders() {}

    static CacheTerms terms(GatewayGeneration generation, ServerRequest request) {
        if (!generation.config().cacheSettings().enabled()) {
            return CacheTerms.usual();
        }
        return new CacheTerms(
                CacheCircle.of(RequestInfo.current().caller().payer()),
                directives(request.headers().first(HeaderNames.CACHE_CONTROL)));
    }

    private static Set<Directive> directives(Optional<String> header) {
        Set<Directive> found = EnumSet.noneOf(Directive.class);
        if (header.isPresent()) {
            // What a browser or a proxy may say besides has no meaning here.
            String said = header.get().toLowerCase(Locale.ROOT);
            if (said.contains("no-cache")) {
                found.add(Directive.NO_CACHE);
            }
            if (said.contains("no-store")) {
                found.add(Directive.NO_STORE);
            }
        }
        return found;
    }
}
