package io.magicproxy.config;

import io.magicproxy.config.ConfigProblem.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Collects everything that is wrong with a file, so that it can be mended in one go. */
public final class Problems {
    private static final Comparator<ConfigProblem> BY_PLACE =
            Comparator.comparingInt((ConfigProblem p) -> p.place().line())
                    .thenComparingInt(p -> p.place().column());

    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    private final List<ConfigProblem> found = new ArrayList<>();

    public void error(ConfigNode at, String message) {
        add(Severity.ERROR, at.path(), at.place(), message);
    }

    public void note(ConfigNode at, String message) {
        add(Severity.NOTE, at.path(), at.place(), message);
    }

    /** A note that another name may be meant. */
    void slip(ConfigNode at, String message, String near) {
        add(
                Severity.NOTE,
                at.path(),
                at.place(),
                message + "; did you mean \"" + near + "\"?",
                Fix.name(at, near));
    }

    /** An error about a name that is not among the known ones: says which one may be meant. */
    public void unknown(ConfigNode at, String message, String name, Collection<String> known) {
        Optional<Fix> fix = DidYouMean.nearest(name, known).flatMap(near -> Fix.name(at, near));
        add(Severity.ERROR, at.path(), at.place(), message + DidYouMean.hint(name, known), fix);
    }

    void add(Severity severity, String path, Place place, String message) {
        add(severity, path, place, message, Optional.empty());
    }

    private void add(
            Severity severity, String path, Place place, String message, Optional<Fix> fix) {
        found.add(new ConfigProblem(severity, line(path), place, line(message), fix));
    }

    /** A name in the file can't break a line of the log. */
    private static String line(String text) {
        return CONTROL.matcher(text).replaceAll(" ");
    }

    /** In the order of the file; what an anchor brings to several places is said once. */
    public List<ConfigProblem> all() {
        Map<Object, ConfigProblem> each = new LinkedHashMap<>();
        found.stream()
                .sorted(BY_PLACE)
                .forEach(p -> each.putIfAbsent(List.of(p.severity(), p.place(), p.message()), p));
        return List.copyOf(each.values());
    }

    public boolean hasErrors() {
        return found.stream().anyMatch(p -> p.severity() == Severity.ERROR);
    }
}
