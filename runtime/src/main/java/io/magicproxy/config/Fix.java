package io.magicproxy.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What surely mends a problem: this text in place of what stands there.
 *
 * @param place on one line
 */
public record Fix(Place place, String text) {
    /** What YAML takes for itself without quotes, whatever follows it. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private static final Pattern NOT_TEXT =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");

    /** A name in place of another; nothing if it can't be said where exactly that stands. */
    static Optional<Fix> name(ConfigNode at, String name) {
        boolean written =
                at instanceof ConfigNode.Scalar scalar
                        && scalar.variable().isEmpty()
                        && !scalar.text().isEmpty()
                        // A text of several lines has a place on its first.
                        && at.place().endColumn() - at.place().column()
                                >= scalar.text().codePointCount(0, scalar.text().length());
        boolean plain = PLAIN.matcher(name).matches() && !NOT_TEXT.matcher(name).matches();
        return written
                ? Optional.of(
                        new Fix(at.place(), plain ? name : "'" + name.replace("'", "''") + "'"))
                : Optional.empty();
    }
}
