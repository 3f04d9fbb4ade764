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

    private static final String SESSIONS = "/v1/react/sessions";
    private static final Set<String> SESSION_VERBS = Set.of("events", "cancel", "resume", "fork");

    /** Where in a path the session's id stands. */
    private static final int SESSION_AT = 4;

    private static final Set<String> ADMIN =
            Set.of(
                    "config",
                    "health",
                    "keys",
                    "login",
                    "patterns",
                    "prompts",
                    "prompt_content",
                    "react_patterns",
                    "restart",
                    "simulator",
                    "tools",
                    "usage",
                    "whoami");

    private static final int ADMIN_AT = 3;

    private Endpoints() {}

    /** Probes, readings of figures and the page's files would only hide the rest. */
    static boolean traced(String path) {
        return path.startsWith("/v1/")
                || path.equals("/mcp")
                || path.startsWith("/tools")
                || (path.startsWith("/admin/") && !path.equals("/admin/events"));
    }

    /** The path with names in place of what varies. */
    static String template(String path) {
        if (KNOWN.contains(path)) {
            return path;
        }
        String[] parts = path.split("/", -1);
        return switch (name(path)) {
            case SESSIONS -> parts.length <= SESSION_AT ? SESSIONS : session(parts);
            case "/tools" -> parts.length > 2 ? "/tools/{name}" : "/tools";
            case "/v1/models" -> "/v1/models/{id}";
            case "/admin" -> admin(parts);
            default -> "/v1/{…}";
        };
    }

    private static String admin(String[] parts) {
        String area = ADMIN.contains(parts[2]) ? parts[2] : "{…}";
        return "/admin/" + area + (parts.length > ADMIN_AT ? "/{…}" : "");
    }

    private static String session(String[] parts) {
        if (parts.length == SESSION_AT + 1 && parts[SESSION_AT].equals("events")) {
            return SESSIONS + "/events";
        }
        boolean known =
                parts.length == SESSION_AT + 2 && SESSION_VERBS.contains(parts[SESSION_AT + 1]);
        return SESSIONS + "/{id}" + (known ? "/" + parts[SESSION_AT + 1] : "");
    }

    static String name(String path) {
        if (KNOWN.contains(path)) {
            return path;
        }
        if (path.startsWith(SESSIONS)) {
            return SESSIONS;
        }
        if (path.equals("/tools") || path.startsWith("/tools/")) {
            return "/tools";
        }
        return path.startsWith("/v1/models/")
                ? "/v1/models"
                : path.startsWith("/admin/") ? "/admin" : "other";
    }
}
