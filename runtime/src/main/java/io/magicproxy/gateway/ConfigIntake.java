package io.magicproxy.gateway;

import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Takes the configuration; its watcher reads it. It may be called otherwise at each gateway, so it
 * has one name for all.
 */
public final class ConfigIntake implements Intake {
    static final String PATH = "config";

    private final Gateway gateway;

    public ConfigIntake(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void inOneStep(Step step) throws IOException {
        synchronized (gateway) {
            step.run(new Config());
        }
    }

    private final class Config implements Hands {
        @Override
        public Optional<byte[]> read(String path) throws IOException {
            named(path);
            try {
                return Optional.of(Files.readAllBytes(file()));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        @Override
        public void write(String path, String text) throws IOException {
            named(path);
            Path file = file();
            if (WholeFile.locked(file)) {
                throw new FileSystemException(path, null, "it is read-only");
            }
            WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void delete(String path) throws IOException {
            throw new FileSystemException(path, null, "nobody deletes it");
        }

        private Path file() throws IOException {
            return gateway.paths().config().toRealPath();
        }

        private void named(String path) throws FileSystemException {
            if (!path.equals(PATH)) {
                throw new FileSystemException(path, null, "it isn't the configuration");
            }
        }
    }
}
