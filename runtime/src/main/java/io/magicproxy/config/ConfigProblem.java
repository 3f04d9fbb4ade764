package io.magicproxy.config;

import java.util.Optional;

/**
 * Something wrong, or worth knowing, at one place of the file.
 *
 * @param path such as {@code router_settings.model_group_alias.main[1]}, or "" for the whole file
 * @param fix where a slip of the pen is surely meant
 */
public record ConfigProblem(
        Severity severity, String path, Place place, String message, Optional<Fix> fix) {
    /** Whether the file can be used. */
    public enum Severity {
        /** It can't. */
        ERROR,
        /** It can, with this in mind. */
        NOTE
    }

    /** One line: {@code file:line:column path: message}. */
    public String format(String file) {
        String where = file + ":" + place.line() + ":" + place.column();
        return path.isEmpty() ? where + ": " + message : where + " " + path + ": " + message;
    }
}
