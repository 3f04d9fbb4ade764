package io.magicproxy.files;

import io.magicproxy.plugin.WholeFile;
import io.magicproxy.store.SavedFiles.Place;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies of files that stood only here when another gateway's save took their place. */
final class Replaced {
    private static final Logger LOG = System.getLogger(Replaced.class.getName());

    private final Path folder;

    Replaced(Path folder) {
        this.folder = folder;
    }

    /** Says where it is; a text without it if it can't be kept. */
    String keep(Place place, byte[] content) {
        Path file =
                folder.resolve(place.shown().replace("/", "__") + "." + WholeFile.version(content));
        try {
            Files.createDirectories(folder);
            WholeFile.writeSecret(file, content);
            return "a copy is in the data folder, "
                    + folder.getFileName()
                    + "/"
                    + file.getFileName();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} can''t be kept: {1}", file, e.toString());
            return "no copy could be kept";
        }
    }
}
