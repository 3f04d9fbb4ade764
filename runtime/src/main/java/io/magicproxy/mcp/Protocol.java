package io.magicproxy.mcp;

import io.modelcontextprotocol.spec.ProtocolVersions;
import java.util.List;

/** The versions of the protocol that are spoken. */
public final class Protocol {
    /** Of JSON-RPC: the server can't. */
    static final int SERVER_ERROR = -32000;

    /** Of MCP: there is no such session. */
    static final int NO_SESSION = -32001;

    private static final List<String> VERSIONS =
            List.of(
                    ProtocolVersions.MCP_2024_11_05,
                    ProtocolVersions.MCP_2025_03_26,
                    ProtocolVersions.MCP_2025_06_18,
                    ProtocolVersions.MCP_2025_11_25);

    private Protocol() {}

    /** From the oldest to the newest. */
    public static List<String> versions() {
        return VERSIONS;
    }

    public static boolean speaks(String version) {
        return VERSIONS.contains(version);
    }

    /** The client's, if it is spoken here, else our newest. */
    static String agreed(String wanted) {
        return speaks(wanted) ? wanted : VERSIONS.getLast();
    }

    /** Older clients try to read an event without data as JSON. */
    static boolean knowsEmptyEvents(String version) {
        return version.compareTo(ProtocolVersions.MCP_2025_11_25) >= 0;
    }
}
