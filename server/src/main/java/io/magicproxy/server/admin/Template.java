package io.magicproxy.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a new script may begin as. */
enum Template {
    PATTERN_LOOP_JS(
            "pattern",
            "my_pattern.js",
            "A loop with tools",
            "The built-in loop, with a prompt of its own."),
    PATTERN_LOOP_PY(
            "pattern",
            "my_pattern.py",
            "A loop with tools",
            "The built-in loop, with a prompt of its own."),
    PATTERN_STEPS_JS(
            "pattern",
            "my_pattern.js",
            "Steps in code",
            "Drives the models itself: a draft, a critique, a better answer."),
    PATTERN_STEPS_PY(
            "pattern",
            "my_pattern.py",
            "Steps in code",
            "Drives the models itself: a draft, a critique, a better answer."),
    TOOL_JS("tool", "my_tool.js", "A function", "One function, described by its JSDoc."),
    TOOL_PY(
            "tool",
            "my_tool.py",
            "A function",
            "One function, described by its type hints and docstring.");

    private final String kind;
    private final String file;
    private final String title;
    private final String description;

    Template(String kind, String file, String title, String description) {
        this.kind = kind;
        this.file = file;
        this.title = title;
        this.description = description;
    }

    static List<Template> all() {
        return Arrays.asList(values());
    }

    String kind() {
        return kind;
    }

    /** A name that it might have. */
    String file() {
        return file;
    }

    String title() {
        return title;
    }

    String description() {
        return description;
    }

    String language() {
        return file.endsWith(".py") ? "python" : "javascript";
    }

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String content() {
        int ending = id().lastIndexOf('-');
        String resource =
                "templates/" + id().substring(0, ending) + "." + id().substring(ending + 1);
        try (InputStream in =
                Objects.requireNonNull(Template.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
