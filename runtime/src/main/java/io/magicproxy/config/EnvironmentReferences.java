package io.magicproxy.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces {@code os.environ/NAME}, <code>${NAME}</code> and <code>${NAME:default}</code>. */
final class EnvironmentReferences {
    private static final String WHOLE = "os.environ/";
    private static final Pattern PART =
            Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}");

    private final Environment environment;

    /**
     * A text without references.
     *
     * @param unset a variable that is not set and has no default
     * @param variable the last variable named, set or not
     * @param fromEnvironment whether a variable is part of the text, which may then be a secret
     */
    record Resolved(
            String text,
            Optional<String> unset,
            Optional<String> variable,
            boolean fromEnvironment) {
        static Resolved literal(String text) {
            return new Resolved(text, Optional.empty(), Optional.empty(), false);
        }
    }

    EnvironmentReferences(Environment environment) {
        this.environment = environment;
    }

    Resolved resolve(String text) {
        if (text.startsWith(WHOLE)) {
            String name = text.substring(WHOLE.length());
            Optional<String> value = environment.get(name);
            return new Resolved(
                    value.orElse(""),
                    value.isPresent() ? Optional.empty() : Optional.of(name),
                    Optional.of(name),
                    value.isPresent());
        }
        return text.contains("${") ? parts(text) : Resolved.literal(text);
    }

    private Resolved parts(String text) {
        StringBuilder out = new StringBuilder();
        Optional<String> unset = Optional.empty();
        Optional<String> variable = Optional.empty();
        boolean fromEnvironment = false;
        Matcher m = PART.matcher(text);
        while (m.find()) {
            String name = m.group(1);
            variable = Optional.of(name);
            Optional<String> set = environment.get(name);
            fromEnvironment |= set.isPresent();
            Optional<String> value = set.or(() -> Optional.ofNullable(m.group(2)));
            if (value.isEmpty()) {
                unset = Optional.of(name);
            }
            m.appendReplacement(out, Matcher.quoteReplacement(value.orElse("")));
        }
        return new Resolved(m.appendTail(out).toString(), unset, variable, fromEnvironment);
    }
}
