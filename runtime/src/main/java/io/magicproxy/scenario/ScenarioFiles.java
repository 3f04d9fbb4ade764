package io.magicproxy.scenario;

import io.magicproxy.sandbox.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The scripts that some files and folders stand for.
 *
 * @param kind what they are, for messages: {@code pattern} or {@code tool}
 * @param scripts each once, in the order in which they were named
 * @param notes on scripts of a folder that can't be tested
 * @param problems with what was named
 */
public record ScenarioFiles(
        String kind, Set<Path> scripts, List<String> notes, List<String> problems) {
    private static final String SCENARIO = ".scenario.yaml";
    private static final List<String> ENDINGS = List.of(".js", ".mjs", ".py");

    /** Finds them. A file is a script or its scenarios; of a folder all scripts count. */
    public static ScenarioFiles of(String kind, List<Path> named) throws IOException {
        var found =
                new ScenarioFiles(
                        kind, new LinkedHashSet<>(), new ArrayList<>(), new ArrayList<>());
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                found.folder(path);
            } else {
                found.file(path);
            }
        }
        return found;
    }

    /** Where a script's scenarios are: {@code plan.scenario.yaml} for {@code plan.js}. */
    public static Path scenarios(Path script) {
        return script.resolveSibling(scriptName(script) + SCENARIO);
    }

    /** A script's name: {@code plan} of {@code plan.js}. */
    public static String scriptName(Path script) {
        String name = Objects.requireNonNull(script.getFileName(), "a file").toString();
        return name.substring(0, name.lastIndexOf('.') < 0 ? name.length() : name.lastIndexOf('.'));
    }

    private void file(Path path) {
        String name = name(path);
        if (name.endsWith(SCENARIO)) {
            scenario(path, name.substring(0, name.length() - SCENARIO.length()));
        } else if (!Files.exists(path)) {
            problems.add("there is no " + path);
        } else if (Language.of(name).isEmpty()) {
            problems.add(
                    "%s is neither a %s (.js, .mjs, .py) nor the scenarios of one (<%s>%s)"
                            .formatted(path, kind, kind, SCENARIO));
        } else if (name.startsWith("_")) {
            problems.add(path + " is a helper; test the " + kind + "s that import it");
        } else {
            scripts.add(path.normalize());
        }
    }

    private void scenario(Path path, String name) {
        List<Path> of =
                ENDINGS.stream()
                        .map(ending -> path.resolveSibling(name + ending))
                        .filter(Files::isRegularFile)
                        .toList();
        if (!Files.exists(path)) {
            problems.add("there is no " + path);
        } else if (of.isEmpty()) {
            problems.add(
                    "%s has no %s beside it; it tests %s.js, .mjs or .py"
                            .formatted(path, kind, name));
        } else {
            scripts.add(of.getFirst().normalize());
        }
    }

    private void folder(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = files.filter(Files::isRegularFile).sorted().toList();
        }
        int before = scripts.size();
        for (Path file : all) {
            String name = name(file);
            boolean script =
                    Language.of(name).isPresent() && !name.startsWith("_") && !name.startsWith(".");
            if (script && Files.exists(scenarios(file))) {
                scripts.add(file.normalize());
            } else if (script) {
                notes.add("not tested: " + file + " has no scenarios; write " + scenarios(file));
            } else if (name.endsWith(SCENARIO)) {
                scenario(file, name.substring(0, name.length() - SCENARIO.length()));
            }
        }
        if (scripts.size() == before) {
            problems.add(folder + " has no " + kind + " with scenarios");
        }
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
