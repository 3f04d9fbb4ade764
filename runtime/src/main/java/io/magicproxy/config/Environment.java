package io.magicproxy.config;

import java.util.Map;
import java.util.Optional;

/** The process's environment variables, or others in their place. */
@FunctionalInterface
public interface Environment {
    Optional<String> get(String name);

    /** The real ones; a variable that is set to nothing counts as not set. */
    static Environment system() {
        return of(System.getenv());
    }

    static Environment of(Map<String, String> variables) {
        return name -> Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }
}
