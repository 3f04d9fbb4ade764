package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A child process with its folder and the socket that it is to connect to. */
final class HostProcess {
    private static final System.Logger LOG = System.getLogger(HostProcess.class.getName());
    private static final int TOKEN_BYTES = 32;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path folder;
    private final Path socket;
    private final ServerSocketChannel server;
    private final Process process;
    private final String token;
    private final HostOutput output;

    private HostProcess(Path folder, HostCommand command, String name) throws IOException {
        this.folder = folder;
        this.socket = folder.resolve("s");
        this.output = new HostOutput(name);
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        this.token = HexFormat.of().formatHex(secret);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean started = false;
        try {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            this.process = launch(command, ownFolder(folder.resolve("work")));
            started = true;
        } finally {
            if (!started) {
                server.close();
            }
        }
        Thread.ofPlatform().daemon().name(name + "-output").start(this::readOutput);
    }

    /**
     * In a fresh folder below {@code parent}, which only this user may enter. Names are short: some
     * systems allow a socket's path 104 bytes, of which macOS takes half for its temporary files.
     */
    static HostProcess start(Path parent, HostCommand command, String name) throws IOException {
        Path folder = ownFolder(parent.resolve(name.replace("script-host-", "")));
        boolean started = false;
        try {
            var process = new HostProcess(folder, command, name);
            started = true;
            return process;
        } finally {
            if (!started) {
                delete(folder);
            }
        }
    }

    private static Path ownFolder(Path folder) throws IOException {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.createDirectory(folder, OWNER_ONLY)
                : Files.createDirectory(folder);
    }

    private Process launch(HostCommand command, Path work) throws IOException {
        var builder = new ProcessBuilder(command.in(work));
        builder.environment().clear();
        builder.directory(work.toFile()).redirectErrorStream(true);
        Process started = builder.start();
        try {
            var in = started.getOutputStream();
            in.write((socket + "\n" + token + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush(); // Left open: its end tells the child that this process is gone.
        } catch (IOException e) {
            // It ended at once; its output says why.
            LOG.log(System.Logger.Level.DEBUG, "A host ended before it read its token", e);
        }
        return started;
    }

    private void readOutput() {
        output.read(process.getInputStream());
        closeServer();
    }

    /** The first that connects; there is no second. Fails when the process has ended. */
    SocketChannel accept() throws IOException {
        try {
            return server.accept();
        } finally {
            closeServer();
            Files.deleteIfExists(socket);
        }
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A host's socket didn't close", e);
        }
    }

    long pid() {
        return process.pid();
    }

    String token() {
        return token;
    }

    String lastOutput() {
        return output.last();
    }

    /** At once. */
    void kill() {
        process.destroyForcibly();
        closeServer();
    }

    /** Waits for the end; none if it doesn't come. */
    OptionalInt exitCode(Duration patience) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (deadline - System.nanoTime() > 0) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                            ? OptionalInt.of(process.exitValue())
                            : OptionalInt.empty();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return OptionalInt.empty();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** When the process has ended. */
    void cleanUp() {
        closeServer();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // Nobody reads it any more.
        }
        delete(folder);
    }

    /** Follows no link: what lies there, a script may have written. */
    static void delete(Path folder) {
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes it)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path dir, java.io.@org.jspecify.annotations.Nullable IOException e)
                                throws IOException {
                            Files.delete(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Could not delete " + folder + ": " + e);
        }
    }
}
