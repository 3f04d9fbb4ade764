package io.magicproxy.config;

import io.magicproxy.config.ConfigProblem.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with a file, so that it can be mended in one go. */
public final class Problems {
    private static final Comparator<ConfigProblem> BY_PLACE =
            Comparator.comparingInt((ConfigProblem p) -> p.place().line())
                    .thenComparingInt(p -> p.place().column());

    private final List<ConfigProblem> found = new ArrayList<>();

    public void error(ConfigNode at, String message) {
        add(Severity.ERROR, at.path(), at.place(), message);
    }

    public void note(ConfigNode at, String message) {
        add(Severity.NOTE, at.path(), at.place(), message);
    }

    /** An error about a name that is not among the known ones: says which one may be meant. */
    public void unknown(ConfigNode at, String message, String name, Collection<String> known) {
        error(at, message + DidYouMean.hint(name, known));
    }

    void add(Severity severity, String path, Place place, String message) {
        found.add(new ConfigProblem(severity, path, place, message));
    }

    /** In the order of the file. */
    public List<ConfigProblem> all() {
        return found.stream().sorted(BY_PLACE).toList();
    }

    public boolean hasErrors() {
        return found.stream().anyMatch(p -> p.severity() == Severity.ERROR);
    }
}
