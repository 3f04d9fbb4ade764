package io.magicproxy.sandbox;

import java.util.Optional;

/** The languages that scripts are written in. */
public enum Language {
    JAVASCRIPT,
    PYTHON;

    /** By the file's ending: {@code .js}, {@code .mjs}, {@code .py}. */
    public static Optional<Language> of(String fileName) {
        if (fileName.endsWith(".js") || fileName.endsWith(".mjs")) {
            return Optional.of(JAVASCRIPT);
        }
        return fileName.endsWith(".py") ? Optional.of(PYTHON) : Optional.empty();
    }
}
