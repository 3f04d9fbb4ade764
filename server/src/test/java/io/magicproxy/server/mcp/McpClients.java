package io.magicproxy.server.mcp;

import io.magicproxy.server.SdkFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The official client and the conformance suite, installed.
 *
 * @param node a node that is new enough for the suite: the machine's own, or one that npm brings
 */
public record McpClients(Path folder, String node) {
    private static final String NEW_ENOUGH = "process.exit(parseInt(process.versions.node) < 22)";

    public static McpClients installed() throws Exception {
        SdkFolder.assumeThere("node", "npm");
        boolean own = SdkFolder.runs("node", "-e", NEW_ENOUGH);
        List<String> install = new ArrayList<>(List.of("npm", "ci", "--no-audit", "--no-fund"));
        if (own) {
            install.add("--omit=optional");
        }
        Path folder = SdkFolder.install("mcp", "package-lock.json", install);
        Path brought = folder.resolve("node_modules/.bin/node");
        return new McpClients(folder, !own && Files.exists(brought) ? brought.toString() : "node");
    }
}
