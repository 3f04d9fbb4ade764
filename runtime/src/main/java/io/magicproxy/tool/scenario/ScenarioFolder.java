package io.magicproxy.tool.scenario;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** A scenario's own disk: its files, and the tool's secrets. Gone when it is closed. */
record ScenarioFolder(Path root) implements AutoCloseable {

    static ScenarioFolder of(String tool, ToolScenario scenario) {
        try {
            var folder = new ScenarioFolder(Files.createTempDirectory("magic-proxy-scenario"));
            folder.write(scenario.files());
            Files.createDirectories(folder.env());
            Files.writeString(folder.env().resolve(tool + ".env"), lines(scenario.env()));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("the scenario's files can't be written", e);
        }
    }

    /** Where paths of files begin. */
    Path files() {
        return root.resolve("files");
    }

    Path env() {
        return root.resolve("env");
    }

    private void write(ObjectNode files) throws IOException {
        Files.createDirectories(files());
        for (var one : files.properties()) {
            Path file = files().resolve(one.getKey()).normalize();
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, one.getValue().asText());
        }
    }

    private static String lines(ObjectNode env) {
        var lines = new StringJoiner("\n");
        env.properties()
                .forEach(one ->
                        lines.add(one.getKey() + "=\"" + escaped(one.getValue().asText()) + "\""));
        return lines.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the scenario's files can't be deleted", e);
        }
    }
}
