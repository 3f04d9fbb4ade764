package io.magicproxy.routing;

import java.util.List;

/**
 * Where requests for one name go.
 *
 * @param name an alias, or a profile
 * @param chain tried in order
 * @param ifTooLong tried when the request exceeds a model's context window
 * @param ifRefused tried when a provider's filter refuses it
 */
public record Route(
        String name, List<Profile> chain, List<Profile> ifTooLong, List<Profile> ifRefused) {
    public ModelInfo.Mode mode() {
        return chain.getFirst().info().mode();
    }
}
