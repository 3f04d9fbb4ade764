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
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Owner of the database's one connection. What is committed survives the process's death (WAL,
 * synchronous NORMAL); an operating system's crash may take the last moments.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = System.getLogger(EmbeddedDatabase.class.getName());
    private static final String FILE = "magic-proxy.db";
    private static final byte[] HEAD = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final Connection connection;
    private final ReentrantLock turn = new ReentrantLock();

    /** Something to do with the connection, alone. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private EmbeddedDatabase(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Opens the database, or makes it. One that is damaged is left as it is. */
    public static EmbeddedDatabase open(DataFolder folder) throws StoreException {
        Path file = folder.file(FILE);
        try {
            if (!isDatabase(file)) {
                throw new SQLiteException(
                        "it doesn't begin as a database does", SQLiteErrorCode.SQLITE_NOTADB);
            }
            return new EmbeddedDatabase(file, connect(file));
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

    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(5_000);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL, forget_at INTEGER) WITHOUT ROWID");
            statement.execute(
                    "CREATE INDEX IF NOT EXISTS state_forget_at ON state (forget_at) WHERE forget_at IS NOT NULL");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    <T> T with(Work<T> work) throws StoreException {
        turn.lock();
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw failure(file, e);
        } finally {
            turn.unlock();
        }
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

    @Override
    public void close() {
        turn.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.log(Level.WARNING, "the database did not close well", e);
        } finally {
            turn.unlock();
        }
    }
}
