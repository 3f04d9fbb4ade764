package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Single scripts from disk, for whoever needs no registry. */
public final class ScriptFiles {
    private ScriptFiles() {}

    /** The script with all that it imports from its folder, as the registry would load it. */
    public static ScriptBundle bundle(Path file) throws IOException {
        Path whole = file.toAbsolutePath().normalize();
        Path folder = Objects.requireNonNull(whole.getParent(), "a file has a folder");
        String name = folder.relativize(whole).toString();
        Scripts scripts = new FolderSnapshot(folder).read();
        String problem = scripts.problems().get(name);
        if (problem != null) {
            throw new FileSystemException(whole.toString(), null, problem);
        }
        if (!scripts.files().containsKey(name)) {
            throw new NoSuchFileException(
                    whole.toString(), null, "there is no such script (.js, .mjs, .py)");
        }
        return scripts.bundle(name);
    }
}
