package io.magicproxy.plugin;

import io.magicproxy.plugin.FolderEditor.Outcome;
import io.magicproxy.plugin.FolderEditor.Refusal;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptFailure;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Says whether a folder's plugins would still load after a change. */
final class SaveCheck {
    private final PluginRegistry<?> registry;
    private final Scripts before;
    private final Scripts after;

    SaveCheck(PluginRegistry<?> registry, Scripts before, Scripts after) {
        this.registry = registry;
        this.before = before;
        this.after = after;
    }

    /**
     * Why the change can't be made.
     *
     * @param paths that change
     * @param plugins that have another version then
     */
    Optional<Outcome> problem(Set<String> paths, Set<String> plugins) {
        Map<String, ScriptFailure> failures = new TreeMap<>();
        for (String name : plugins) {
            failure(name)
                    .filter(failure -> counts(name, failure, paths))
                    .ifPresent(failure -> failures.put(name, failure));
        }
        for (String path : paths) {
            if (after.users(path).isEmpty()) {
                unused(path).ifPresent(failure -> failures.put(path, failure));
            }
        }
        Optional<ScriptFailure> passing =
                failures.values().stream().filter(Failures::passing).findFirst();
        if (passing.isPresent()) {
            return Optional.of(
                    new Outcome.Refused(
                            Refusal.TRY_AGAIN,
                            "the script could not be checked now, try again: "
                                    + passing.get().message()));
        }
        return failures.isEmpty() ? Optional.empty() : Optional.of(new Outcome.Invalid(failures));
    }

    private Optional<ScriptFailure> failure(String name) {
        ScriptBundle bundle = after.bundle(after.entries().getOrDefault(name, ""));
        return after.problem(bundle).or(() -> registry.check(name, bundle));
    }

    /** An importer that was broken before, by something else, must not keep others from saving. */
    private boolean counts(String name, ScriptFailure failure, Set<String> paths) {
        String entry = after.entries().getOrDefault(name, "");
        boolean here =
                Failures.place(failure).filter(place -> paths.contains(place.file())).isPresent();
        boolean wasBroken =
                Optional.ofNullable(registry.reports().get(name))
                        .flatMap(LoadReport::failedVersion)
                        .filter(version ->
                                before.files().containsKey(entry)
                                        && version.equals(before.bundle(entry).hash()))
                        .isPresent();
        return paths.contains(entry) || here || !wasBroken;
    }

    /** A helper that nobody imports yet can't be loaded, only read. */
    private Optional<ScriptFailure> unused(String path) {
        ScriptBundle bundle = after.bundle(path);
        return after.problem(bundle)
                .or(() ->
                        registry.check(path, bundle)
                                .filter(ScriptFailure.Syntax.class::isInstance));
    }
}
