package io.magicproxy.sandbox.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a built gateway has beside its jar to make hosts start fast, see {@link HostRehearsal}. They
 * do without it, with a first Python script that takes some seconds longer.
 *
 * @param folder may be missing
 */
public record HostFiles(Path folder) {
    private static final String NAME = "script-hosts";

    /** Beside the jar that this process runs from; there is none beside mere classes. */
    public static Optional<HostFiles> installed() {
        String first =
                System.getProperty("java.class.path").split(java.io.File.pathSeparator, 2)[0];
        Path jar = Path.of(first);
        return Files.isRegularFile(jar)
                ? Optional.of(new HostFiles(jar.resolveSibling(NAME)))
                : Optional.empty();
    }

    /** The classes as the JVM has them in memory, and which of their methods are hot. */
    Path aotCache() {
        return folder.resolve("hosts.aot");
    }

    /** The Python library. */
    Path library() {
        return folder.resolve("library");
    }

    /** Uses what there is of it. */
    public HostSettings in(HostSettings settings) {
        return new HostSettings(
                settings.warm(),
                settings.hosts(),
                settings.maxHosts(),
                settings.heapMebibytes(),
                Optional.of(library())
                        .filter(Files::isDirectory)
                        .flatMap(library -> LibraryCopy.of(library, settings.cache()))
                        .orElse(settings.cache()),
                Files.isRegularFile(aotCache()) ? Optional.of(aotCache()) : settings.aotCache(),
                settings.times());
    }
}
