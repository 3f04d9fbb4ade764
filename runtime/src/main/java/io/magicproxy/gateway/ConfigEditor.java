package io.magicproxy.gateway;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.plugin.WholeFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads and changes the configuration's file for people who edit from afar. Its text is shown as it
 * stands: references to the environment are not resolved in it.
 */
public final class ConfigEditor {
    private static final Logger LOG = System.getLogger(ConfigEditor.class.getName());

    /** A precondition that any version meets. */
    private static final String ANY = "*";

    private final Gateway gateway;
    private final Sharing sharing;

    ConfigEditor(Gateway gateway, Sharing sharing) {
        this.gateway = gateway;
        this.sharing = sharing;
    }

    /**
     * The file as it is now.
     *
     * @param writable as far as can be told without writing
     */
    public record Text(String content, String version, boolean writable) {}

    /** What came of reading it. */
    public sealed interface Reading {
        record Read(Text text) implements Reading {}

        /** The message says why, and what to do. */
        record Unreadable(String message) implements Reading {}
    }

    /** What came of a change. */
    public sealed interface Outcome {
        /**
         * It stands in the file, and serves.
         *
         * @param before the version that it has replaced
         * @param notes what is worth knowing of it
         */
        record Done(String before, String version, List<ConfigProblem> notes) implements Outcome {}

        record Invalid(List<ConfigProblem> problems) implements Outcome {}

        /** Somebody else has changed it; that is the version now. */
        record Stale(String version) implements Outcome {}

        /** Another gateway was quicker; the message says so. */
        record SavedElsewhere(String message, String version) implements Outcome {}

        record NoPrecondition(String version) implements Outcome {}

        /** The message says why, and what to do. */
        record NotWritable(String message) implements Outcome {}
    }

    public Reading read() {
        try {
            Path file = file();
            byte[] bytes = Files.readAllBytes(file);
            String content =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return new Reading.Read(new Text(content, Gateway.version(bytes), writable(file)));
        } catch (CharacterCodingException e) {
            return new Reading.Unreadable(
                    named() + " is not UTF-8; save it in that encoding where it comes from");
        } catch (IOException e) {
            return new Reading.Unreadable(
                    named() + " can't be read (" + reason(e) + "); put it back where it was");
        }
    }

    /** What is wrong with a text, and what is worth knowing of it. Nothing is changed. */
    public Result<GatewayConfig> check(String content) {
        return gateway.check(content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes a new text: checks it, writes it, lets it serve.
     *
     * @param expected the version that the caller has seen
     */
    public Outcome save(String content, Optional<String> expected) {
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        // Nobody reloads between our look at the version and our own reload.
        synchronized (gateway) {
            try {
                Path file = file();
                byte[] before = Files.readAllBytes(file);
                String version = Gateway.version(before);
                if (expected.isEmpty()) {
                    return new Outcome.NoPrecondition(version);
                }
                if (!expected.get().equals(ANY) && !expected.get().equals(version)) {
                    return new Outcome.Stale(version);
                }
                return switch (gateway.check(text)) {
                    case Result.Invalid<GatewayConfig> invalid ->
                            new Outcome.Invalid(invalid.problems());
                    case Result.Loaded<GatewayConfig> _ -> write(file, before, text);
                };
            } catch (IOException e) {
                return notWritable(reason(e));
            } catch (UnsupportedOperationException e) {
                // Read-only file systems throw a kind of this.
                return notWritable("it is read-only");
            }
        }
    }

    private Outcome write(Path file, byte[] before, byte[] text) throws IOException {
        if (WholeFile.locked(file)) {
            return notWritable("it is read-only");
        }
        try (WholeFile.Fresh fresh = WholeFile.fresh(file, text)) {
            Optional<String> no = told(before, text);
            if (no.isPresent()) {
                return new Outcome.SavedElsewhere(no.get(), Gateway.version(before));
            }
            put(fresh, before, text);
        }
        Gateway.Status status;
        try {
            status = gateway.reload();
        } catch (RuntimeException e) {
            // What passes the checks and can't be built is a fault of ours; it must not stay.
            WholeFile.write(file, before);
            told(text, before).ifPresent(why -> LOG.log(Level.WARNING, "{0}", why));
            throw e;
        }
        return status.applied() && status.servingVersion().equals(Gateway.version(text))
                ? new Outcome.Done(
                        Gateway.version(before), status.servingVersion(), status.problems())
                : new Outcome.Stale(Gateway.version(Files.readAllBytes(file)));
    }

    /** A file that is a mount of its own can't be replaced, which shows only now. */
    private void put(WholeFile.Fresh fresh, byte[] before, byte[] text) throws IOException {
        try {
            fresh.put();
        } catch (IOException e) {
            told(text, before).ifPresent(why -> LOG.log(Level.WARNING, "{0}", why));
            throw e;
        }
    }

    /**
     * Tells the others.
     *
     * @return why it must not be written
     */
    private Optional<String> told(byte[] from, byte[] to) {
        return sharing.refusal(
                List.of(
                        new Sharing.Change(
                                ConfigIntake.PATH,
                                Optional.of(Gateway.version(from)),
                                Optional.of(new String(to, StandardCharsets.UTF_8)))));
    }

    /** The file itself if the path is a link. */
    private Path file() throws IOException {
        return gateway.paths().config().toRealPath();
    }

    private static boolean writable(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "a real path has a folder");
        return !WholeFile.locked(file) && Files.isWritable(folder);
    }

    private Outcome notWritable(String why) {
        LOG.log(Level.WARNING, "{0} can''t be changed: {1}", gateway.paths().config(), why);
        return new Outcome.NotWritable(
                named()
                        + " can't be changed here: "
                        + why
                        + "; change it where it comes from, or mount its folder instead of the file");
    }

    private String named() {
        return String.valueOf(gateway.paths().config().getFileName());
    }

    /** Without the path of the machine. */
    private static String reason(IOException e) {
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getClass().getSimpleName();
    }
}
