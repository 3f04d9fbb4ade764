package io.magicproxy.routing;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where requests for one name go.
 *
 * @param name an alias, or a profile
 * @param chain as it is written
 * @param ifTooLong tried when the request exceeds a model's context window
 * @param ifRefused tried when a provider's filter refuses it
 * @param order in which a request tries the chain
 */
public record Route(
        String name,
        List<Profile> chain,
        List<Profile> ifTooLong,
        List<Profile> ifRefused,
        ChainOrder order) {
    /** In the order in which it is written. */
    public Route(
            String name, List<Profile> chain, List<Profile> ifTooLong, List<Profile> ifRefused) {
        this(name, chain, ifTooLong, ifRefused, ChainOrder.written());
    }

    public ModelInfo.Mode mode() {
        return chain.getFirst().info().mode();
    }

    /** The chain for one request. */
    List<Profile> ordered() {
        return order.of(chain);
    }

    /** With those profiles only that have all the tags; empty if none of the chain has. */
    public Optional<Route> tagged(Collection<String> asked) {
        List<Profile> left = tagged(chain, asked);
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Route(
                                name,
                                left,
                                tagged(ifTooLong, asked),
                                tagged(ifRefused, asked),
                                order));
    }

    private static List<Profile> tagged(List<Profile> profiles, Collection<String> asked) {
        return profiles.stream().filter(p -> p.traits().tags().containsAll(asked)).toList();
    }

    public boolean hasTags() {
        for (Profile profile : chain) {
            if (!profile.traits().tags().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** All tags in its chain. */
    public SortedSet<String> tags() {
        SortedSet<String> all = new TreeSet<>();
        chain.forEach(profile -> all.addAll(profile.traits().tags()));
        return all;
    }
}
