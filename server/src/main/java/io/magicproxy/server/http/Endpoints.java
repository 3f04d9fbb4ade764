package io.magicproxy.server.http;

import java.util.Set;

/** The names under which paths are counted; whatever a caller invents is "other". */
final class Endpoints {
    private static final Set<String> KNOWN =
            Set.of(
                    "/v1/chat/completions",
                    "/v1/embeddings",
                    "/v1/models",
                    "/health",
                    "/health/liveness",
                    "/health/readiness",
                    "/metrics",
                    "/mcp");

    private Endpoints() {}

    static String name(String path) {
        if (KNOWN.contains(path)) {
            return path;
        }
        if (path.startsWith("/v1/react/sessions")) {
            return "/v1/react/sessions";
        }
        if (path.equals("/tools") || path.startsWith("/tools/")) {
            return "/tools";
        }
        return path.startsWith("/v1/models/")
                ? "/v1/models"
                : path.startsWith("/admin/") ? "/admin" : "other";
    }
}
