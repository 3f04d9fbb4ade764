package io.magicproxy.prompt;

import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Takes prompts or manifests; the watcher finds and reads them. */
public final class TextIntake implements Intake {
    private final TextFolder folder;

    public TextIntake(TextFolder folder) {
        this.folder = folder;
    }

    @Override
    public void inOneStep(Step step) throws IOException {
        synchronized (folder) {
            step.run(new Texts());
        }
    }

    private final class Texts implements Hands {
        @Override
        public Optional<byte[]> read(String path) throws IOException {
            Path file = file(path);
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        }

        @Override
        public void write(String path, String text) throws IOException {
            Path file = file(path);
            boolean known = Files.exists(file);
            if (!known && !TextEditor.isNewName(path)) {
                throw new FileSystemException(path, null, "it isn't a name for a new file");
            }
            if (!known && !Files.isDirectory(folder.folder())) {
                Files.createDirectories(folder.folder());
            }
            if (WholeFile.locked(file)) {
                throw new FileSystemException(path, null, "it is read-only");
            }
            WholeFile.write(
                    known ? file.toRealPath() : file, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void delete(String path) throws IOException {
            Path file = file(path);
            if (WholeFile.locked(file)) {
                throw new FileSystemException(path, null, "it is read-only");
            }
            Files.deleteIfExists(file);
        }

        /** In the folder, and no link out of it. */
        private Path file(String path) throws IOException {
            if (!TextEditor.isName(path)) {
                throw new FileSystemException(path, null, "it isn't a name for a text");
            }
            Path file = folder.folder().resolve(path);
            boolean dead = Files.isSymbolicLink(file) && !Files.exists(file);
            if (dead
                    || (Files.exists(file)
                            && !file.toRealPath().startsWith(folder.folder().toRealPath()))) {
                throw new FileSystemException(path, null, "it is a link out of the folder");
            }
            return file;
        }
    }
}
