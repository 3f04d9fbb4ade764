package io.magicproxy.tool.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.power.GrantYaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads files for tools. Links are followed before anything is decided: what counts is where a file
 * really is.
 */
public final class GrantedFiles {
    private final Path base;
    private final Supplier<List<Path>> never;
    private final int maxBytes;

    /**
     * @param base that relative paths begin at
     * @param never files, and folders with all in them, that no grant opens
     * @param maxBytes of a file
     */
    public GrantedFiles(Path base, Supplier<List<Path>> never, int maxBytes) {
        this.base = base.toAbsolutePath().normalize();
        this.never = never;
        this.maxBytes = maxBytes;
    }

    /** The file's text. */
    public String read(String tool, GrantConfig grant, String path) throws FileRefusedException {
        Path asked = resolved(path).orElseThrow(() -> notAllowed(tool, grant, path));
        Path real = real(asked);
        boolean granted =
                grant.files().stream()
                        .flatMap(one -> resolved(one).stream())
                        .anyMatch(one -> real.startsWith(real(one)));
        if (!granted) {
            throw notAllowed(tool, grant, path);
        }
        if (isNever(real)) {
            throw new FileRefusedException(
                    "not_allowed",
                    path + " holds keys, secrets, data or configuration; no tool may read it");
        }
        try {
            return text(real, path);
        } catch (NoSuchFileException e) {
            throw new FileRefusedException("not_found", "there is no file " + path);
        } catch (CharacterCodingException e) {
            throw new FileRefusedException("file_error", path + " is not UTF-8 text");
        } catch (IOException e) {
            throw new FileRefusedException("file_error", path + " can't be read");
        }
    }

    private Optional<Path> resolved(String path) {
        try {
            return Optional.of(base.resolve(path).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Where it is; for what doesn't exist, where it would be. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path parent = path.getParent();
            Path name = path.getFileName();
            return parent == null || name == null ? path : real(parent).resolve(name);
        }
    }

    private boolean isNever(Path real) {
        Path name = real.getFileName();
        boolean secretByName = name != null && name.toString().endsWith(".env");
        return secretByName || never.get().stream().anyMatch(one -> inside(real, one));
    }

    private static boolean inside(Path real, Path never) {
        try {
            return real.startsWith(real(never.toAbsolutePath().normalize()))
                    || (Files.exists(real) && Files.exists(never) && Files.isSameFile(real, never));
        } catch (IOException e) {
            return true;
        }
    }

    private String text(Path real, String path) throws IOException, FileRefusedException {
        if (Files.exists(real) && !Files.isRegularFile(real)) {
            throw new FileRefusedException("file_error", path + " is no ordinary file");
        }
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new FileRefusedException(
                        "file_error", path + " has more than " + maxBytes + " bytes");
            }
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
    }

    private static FileRefusedException notAllowed(String tool, GrantConfig grant, String path) {
        return new FileRefusedException(
                "not_allowed",
                tool
                        + " may not read "
                        + path
                        + "; "
                        + GrantYaml.with(
                                tool, grant, new GrantConfig(List.of(), List.of(path), false)));
    }
}
