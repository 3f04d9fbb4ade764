package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Owner of the database's connections: one that writes, a few that read. What is committed survives
 * the process's death (WAL, synchronous NORMAL); an operating system's crash may take the last
 * moments.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = System.getLogger(EmbeddedDatabase.class.getName());
    private static final String FILE = "magic-proxy.db";
    private static final byte[] HEAD = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int READERS = 4;

    private final Path file;
    private final Connection connection;
    private final GroupCommit writer;
    private final Queue<Connection> idleReaders;
    private final Semaphore readers = new Semaphore(READERS, true);
    private final String incarnation = UUID.randomUUID().toString();

    /** Something to do with a connection. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private EmbeddedDatabase(Path file, Connection connection, Queue<Connection> idleReaders) {
        this.file = file;
        this.connection = connection;
        this.idleReaders = idleReaders;
        this.writer = new GroupCommit(connection, e -> failure(file, e));
    }

    /** Opens the database, or makes it. One that is damaged is left as it is. */
    public static EmbeddedDatabase open(DataFolder folder) throws StoreException {
        Path file = folder.file(FILE);
        try {
            if (!isDatabase(file)) {
                throw new SQLiteException(
                        "it doesn't begin as a database does", SQLiteErrorCode.SQLITE_NOTADB);
            }
            return connect(file);
        } catch (SQLException e) {
            throw failure(file, e);
        } catch (IOException e) {
            throw new StoreException(
                    "the database "
                            + file
                            + " can't be read ("
                            + e
                            + "); it must be a file that the gateway may read and write",
                    e);
        }
    }

    /**
     * Whether SQLite may see it: of a file that is empty or no database it would delete the log,
     * and so what the log still holds.
     */
    private static boolean isDatabase(Path file) throws IOException {
        Path log = file.resolveSibling(FILE + "-wal");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEAD.length);
            return head.length == 0
                    ? !Files.exists(log) || Files.size(log) == 0
                    : Arrays.equals(head, HEAD);
        }
    }

    private static EmbeddedDatabase connect(Path file) throws SQLException, StoreException {
        Deque<Connection> opened = new ArrayDeque<>();
        try {
            opened.add(connection(file));
            // What is removed is not to be found in the file, nor what was moved within it.
            set(opened.element(), "secure_delete");
            Schema.bring(opened.element(), file);
            Queue<Connection> readers = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < READERS; i++) {
                opened.add(connection(file));
                set(opened.getLast(), "query_only");
                readers.add(opened.getLast());
            }
            return new EmbeddedDatabase(file, opened.element(), readers);
        } catch (SQLException | StoreException e) {
            opened.forEach(EmbeddedDatabase::close);
            throw e;
        }
    }

    private static Connection connection(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(5_000);
        return new CachingConnection(file.toString(), config.toProperties());
    }

    private static void set(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA " + pragma + " = 1");
        }
    }

    /**
     * Writes: all of the work or nothing, kept when this returns. Work may be run again, so it
     * touches nothing but the connection.
     */
    <T> T with(Work<T> work) throws StoreException {
        return writer.run(work);
    }

    /** Reads what is committed, beside the writer. */
    <T> T read(Work<T> work) throws StoreException {
        readers.acquireUninterruptibly();
        Connection reader = idleReaders.poll();
        try {
            if (reader == null) {
                throw new StoreException("the database is closed, since the gateway is stopping");
            }
            return work.run(reader);
        } catch (SQLException e) {
            throw failure(file, e);
        } finally {
            if (reader != null) {
                idleReaders.add(reader);
            }
            readers.release();
        }
    }

    /** Tells this opening of the database from all others. */
    String incarnation() {
        return incarnation;
    }

    private static StoreException failure(Path file, SQLException e) {
        String what = "the database " + file + " ";
        String why = " (" + e.getMessage() + "); ";
        return new StoreException(
                switch (code(e)) {
                    case SQLITE_NOTADB, SQLITE_CORRUPT ->
                            what
                                    + "is damaged"
                                    + why
                                    + "it was left as it is: stop the gateway, then put a copy in its place,"
                                    + " or move it and its -wal and -shm away to begin a new one";
                    case SQLITE_FULL -> what + "can't grow" + why + "free some room on its disk";
                    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                            what + "can't be written" + why + "make it and its folder writable";
                    case SQLITE_BUSY, SQLITE_LOCKED ->
                            what + "is in use" + why + "stop the other program that has it open";
                    default -> what + "failed" + why + "look at its disk";
                },
                e);
    }

    /** Without the details that the extended codes give. */
    private static SQLiteErrorCode code(SQLException e) {
        return e instanceof SQLiteException s
                ? SQLiteErrorCode.getErrorCode(s.getResultCode().code & 0xff)
                : SQLiteErrorCode.SQLITE_ERROR;
    }

    /** Returns when all that was asked for is done. */
    @Override
    public void close() {
        writer.close();
        readers.acquireUninterruptibly(READERS);
        for (Connection reader = idleReaders.poll(); reader != null; reader = idleReaders.poll()) {
            close(reader);
        }
        readers.release(READERS);
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.log(Level.WARNING, "the database did not close well", e);
        }
    }
}
