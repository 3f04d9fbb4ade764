package io.magicproxy.store.embedded;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Keeps the statements that it has prepared: preparing costs as much as running them. For one
 * thread at a time; closing it closes them.
 */
final class CachingConnection extends JDBC4Connection {
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    CachingConnection(String file, Properties properties) throws SQLException {
        super("jdbc:sqlite:" + file, file, properties);
    }

    /** Not to be closed, and to be used up before it is asked for again. */
    PreparedStatement cached(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    /** For one that failed, which may be in any state. */
    void forget(String sql, Exception why) {
        PreparedStatement known = statements.remove(sql);
        if (known != null) {
            try {
                known.close();
            } catch (SQLException e) {
                why.addSuppressed(e);
            }
        }
    }
}
