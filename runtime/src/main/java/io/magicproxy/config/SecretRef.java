package io.magicproxy.config;

import java.util.Optional;

/**
 * A secret that the file holds or, better, refers to. Never shows itself.
 *
 * @param value absent if its environment variable is not set
 * @param variable the environment variable that it comes from
 */
public record SecretRef(Optional<String> value, Optional<String> variable) {
    public static SecretRef of(String value) {
        return new SecretRef(Optional.of(value), Optional.empty());
    }

    @Override
    public String toString() {
        return variable.map(name -> "secret of " + name).orElse("secret")
                + (value.isPresent() ? "" : " (not set)");
    }
}
