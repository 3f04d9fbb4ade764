package io.magicproxy.plugin;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Takes scripts; the watcher finds and loads them. */
public final class FolderIntake implements Intake {
    private final PluginRegistry<?> registry;
    private final ScriptWriter writer;

    public FolderIntake(PluginRegistry<?> registry) {
        this.registry = registry;
        this.writer = new ScriptWriter(registry.folder());
    }

    @Override
    public void inOneStep(Step step) throws IOException {
        synchronized (registry) {
            step.run(new Reach());
        }
    }

    private final class Reach implements Hands {
        @Override
        public Optional<byte[]> read(String path) throws IOException {
            named(path);
            return writer.read(path);
        }

        @Override
        public void write(String path, String text) throws IOException {
            named(path);
            try (WholeFile.Fresh fresh = writer.fresh(path, text)) {
                fresh.put();
            }
        }

        @Override
        public void delete(String path) throws IOException {
            named(path);
            if (writer.read(path).isPresent()) {
                writer.delete(path);
            }
        }

        private void named(String path) throws FileSystemException {
            Optional<String> problem = ScriptPath.problem(path);
            if (problem.isPresent()) {
                throw new FileSystemException(path, null, "it " + problem.get());
            }
        }
    }
}
