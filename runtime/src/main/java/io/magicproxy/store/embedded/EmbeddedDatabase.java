package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
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

    private final Connection connection;
    private final ReentrantLock turn = new ReentrantLock();

    /** Something to do with the connection, alone. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private EmbeddedDatabase(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens the database, or makes it. One that is damaged is set aside, with a warning, and a new
     * one begun.
     */
    public static EmbeddedDatabase open(DataFolder folder, InstantSource clock)
            throws StoreException {
        Path file = folder.file(FILE);
        try {
            return new EmbeddedDatabase(connect(file));
        } catch (SQLException e) {
            if (!damaged(e)) {
                throw failure(e);
            }
            setAside(file, clock, e);
        }
        try {
            return new EmbeddedDatabase(connect(folder.file(FILE)));
        } catch (SQLException e) {
            throw failure(e);
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
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static boolean damaged(SQLException e) {
        return e instanceof SQLiteException s
                && (s.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB
                        || s.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT);
    }

    private static void setAside(Path file, InstantSource clock, SQLException why)
            throws StoreException {
        Path aside = file.resolveSibling(FILE + ".damaged-" + clock.instant().getEpochSecond());
        try {
            Files.move(file, aside);
            Files.deleteIfExists(file.resolveSibling(FILE + "-wal"));
            Files.deleteIfExists(file.resolveSibling(FILE + "-shm"));
            LOG.log(
                    Level.ERROR,
                    "the database is damaged ({0}); it was set aside as {1} and a new one begun",
                    why.getMessage(),
                    aside);
        } catch (IOException e) {
            throw new StoreException(
                    "the damaged database " + file + " can't be set aside: " + e, e);
        }
    }

    <T> T with(Work<T> work) throws StoreException {
        turn.lock();
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    private static StoreException failure(SQLException e) {
        boolean full =
                e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
        return new StoreException(
                full
                        ? "the disk of the data folder is full; free some room"
                        : "the database in the data folder failed: " + e.getMessage(),
                e);
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
