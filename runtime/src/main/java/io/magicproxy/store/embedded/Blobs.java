package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.KeptNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Bytes by their SHA-256. A run uses those that its texts name. One that was kept and not named
 * since ({@code unnamed} counts how often) may be about to be named, and is removed by age only.
 */
final class Blobs {
    /** How many are removed in one job, so that other writers don't wait for long. */
    private static final int AT_ONCE = 200;

    private Blobs() {}

    static String keep(EmbeddedDatabase database, byte[] content, Instant now)
            throws StoreException {
        String hash = KeptNames.of(content);
        database.with(c ->
                Sql.update(
                        c,
                        """
                        INSERT INTO blobs (hash, content, unnamed, kept_at) VALUES (?, ?, 1, ?)
                        ON CONFLICT (hash) DO UPDATE
                        SET unnamed = unnamed + 1, kept_at = excluded.kept_at\
                        """,
                        hash,
                        content,
                        now));
        return hash;
    }

    static Optional<byte[]> kept(Connection connection, String hash) throws SQLException {
        return Sql.first(
                connection,
                "SELECT content FROM blobs WHERE hash = ?",
                row -> row.getBytes(1),
                hash);
    }

    static void use(Connection connection, long run, Set<String> hashes) throws SQLException {
        for (String hash : hashes) {
            int added =
                    Sql.update(
                            connection,
                            "INSERT OR IGNORE INTO blob_uses SELECT ?, hash FROM blobs WHERE hash = ?",
                            run,
                            hash);
            if (added > 0) {
                Sql.update(
                        connection,
                        "UPDATE blobs SET unnamed = unnamed - 1 WHERE hash = ? AND unnamed > 0",
                        hash);
            }
        }
    }

    /** A session's runs go: what only they use goes too. */
    static void forget(Connection connection, long session) throws SQLException {
        forget(connection, "(SELECT id FROM runs WHERE session = ?)", session);
    }

    /** The run needs none of them any more. */
    static void forgetRun(Connection connection, long run) throws SQLException {
        forget(connection, "(?)", run);
    }

    private static void forget(Connection connection, String runs, long which) throws SQLException {
        List<String> hashes =
                Sql.list(
                        connection,
                        "SELECT DISTINCT hash FROM blob_uses WHERE run IN " + runs,
                        row -> row.getString(1),
                        which);
        Sql.update(connection, "DELETE FROM blob_uses WHERE run IN " + runs, which);
        for (String hash : hashes) {
            Sql.update(
                    connection,
                    """
                    DELETE FROM blobs WHERE hash = ? AND unnamed = 0
                    AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)\
                    """,
                    hash);
        }
    }

    /** Removes those that nobody uses and that were last kept before then. */
    static void expire(EmbeddedDatabase database, Instant before) throws StoreException {
        int removed = AT_ONCE;
        while (removed == AT_ONCE) {
            removed =
                    database.with(c ->
                            Sql.update(
                                    c,
                                    """
                                    DELETE FROM blobs WHERE hash IN (
                                      SELECT hash FROM blobs WHERE kept_at <= ?
                                      AND NOT EXISTS (
                                        SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
                                      LIMIT ?)\
                                    """,
                                    before,
                                    AT_ONCE));
        }
    }
}
