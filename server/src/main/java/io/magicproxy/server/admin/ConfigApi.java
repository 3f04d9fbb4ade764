package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.gateway.Gateway;
import java.util.Locale;

/** {@code /admin/config/status}: how the configuration file fared when it was last read. */
public final class ConfigApi implements HttpService {
    private final Gateway gateway;

    public ConfigApi(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/status", this::status);
    }

    private void status(ServerRequest request, ServerResponse response) {
        Gateway.Status status = gateway.status();
        ObjectNode json = Json.object().put("file", status.file()).put("applied", status.applied());
        json.put("read_at", status.readAt().toString())
                .put("serving_version", status.servingVersion());
        ArrayNode problems = json.putArray("problems");
        status.problems().forEach(problem -> problems.add(problem(problem)));
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(json));
    }

    private static ObjectNode problem(ConfigProblem problem) {
        return Json.object()
                .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                .put("path", problem.path())
                .put("line", problem.place().line())
                .put("col", problem.place().column())
                .put("endCol", problem.place().endColumn())
                .put("message", problem.message());
    }
}
