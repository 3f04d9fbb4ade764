package io.magicproxy.routing;

import io.magicproxy.cache.ProfileCache;
import java.util.List;
import java.util.Optional;

/**
 * What decides whether and when a profile is tried.
 *
 * @param weight its share where an alias draws by weight
 * @param tags for requests that ask for them
 * @param load how busy it is
 * @param cache remembers its answers, if a rule says so
 */
public record Traits(
        int weight, List<String> tags, ProfileLoad load, Optional<ProfileCache> cache) {
    /** The weight of a profile that names none. */
    public static final int USUAL_WEIGHT = 1;

    /** Of a profile of which nothing is said. */
    public static Traits usual() {
        return new Traits(USUAL_WEIGHT, List.of(), new ProfileLoad(), Optional.empty());
    }
}
