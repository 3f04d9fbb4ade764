package io.magicproxy.pattern.scenario;

import io.magicproxy.sandbox.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The patterns that some files and folders stand for.
 *
 * @param patterns each once, in the order in which they were named
 * @param notes on patterns of a folder that can't be tested
 * @param problems with what was named
 */
public record ScenarioFiles(Set<Path> patterns, List<String> notes, List<String> problems) {
    private static final String SCENARIO = ".scenario.yaml";
    private static final List<String> ENDINGS = List.of(".js", ".mjs", ".py");

    /** Finds them. A file is a pattern or its scenarios; of a folder all patterns count. */
    public static ScenarioFiles of(List<Path> named) throws IOException {
        var found = new ScenarioFiles(new LinkedHashSet<>(), new ArrayList<>(), new ArrayList<>());
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                found.folder(path);
            } else {
                found.file(path);
            }
        }
        return found;
    }

    private void file(Path path) {
        String name = name(path);
        if (name.endsWith(SCENARIO)) {
            scenario(path, name.substring(0, name.length() - SCENARIO.length()));
        } else if (!Files.exists(path)) {
            problems.add("there is no " + path);
        } else if (Language.of(name).isEmpty()) {
            problems.add(
                    path
                            + " is neither a pattern (.js, .mjs, .py) nor the scenarios of one (<pattern>.scenario.yaml)");
        } else if (name.startsWith("_")) {
            problems.add(path + " is a helper; test the patterns that import it");
        } else {
            patterns.add(path.normalize());
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
            problems.add(path + " has no pattern beside it; it tests " + name + ".js, .mjs or .py");
        } else {
            patterns.add(of.getFirst().normalize());
        }
    }

    private void folder(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = files.filter(Files::isRegularFile).sorted().toList();
        }
        int before = patterns.size();
        for (Path file : all) {
            String name = name(file);
            boolean pattern =
                    Language.of(name).isPresent() && !name.startsWith("_") && !name.startsWith(".");
            if (pattern && Files.exists(ScenarioRunner.scenarios(file))) {
                patterns.add(file.normalize());
            } else if (pattern) {
                notes.add(
                        "not tested: "
                                + file
                                + " has no scenarios; write "
                                + ScenarioRunner.scenarios(file));
            } else if (name.endsWith(SCENARIO)) {
                scenario(file, name.substring(0, name.length() - SCENARIO.length()));
            }
        }
        if (patterns.size() == before) {
            problems.add(folder + " has no pattern with scenarios");
        }
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
