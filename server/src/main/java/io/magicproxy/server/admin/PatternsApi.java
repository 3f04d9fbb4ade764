package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.util.Optional;

/** {@code /admin/patterns}: which patterns serve, which files don't load and why. */
public final class PatternsApi implements HttpService {
    private final ScriptFolders scripts;

    public PatternsApi(ScriptFolders scripts) {
        this.scripts = scripts;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).get("/{name}/versions", this::versions);
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object();
        ArrayNode patterns = answer.putArray("patterns");
        scripts.patterns().reports().values().forEach(report -> patterns.add(pattern(report)));
        send(response, answer);
    }

    private ObjectNode pattern(LoadReport report) {
        ObjectNode json =
                Json.object()
                        .put("name", report.name())
                        .put("file", report.file())
                        .put("version", report.serving().orElse(null))
                        .put("checked_at", report.at().toString());
        Optional<PatternScript> script = scripts.patterns().find(report.name()).map(Plugin::value);
        script.ifPresent(s -> {
            json.put("kind", s.structure().isPresent() ? "declarative" : "imperative");
            json.put("title", s.title()).put("description", s.description());
            s.params().ifPresent(params -> json.set("params", params));
        });
        report.failure().ifPresent(failure -> json.put("error", Failures.text(failure)));
        return json;
    }

    private void versions(ServerRequest request, ServerResponse response) {
        String name = request.path().pathParameters().get("name");
        if (!scripts.patterns().reports().containsKey(name)) {
            throw new ApiException(
                    ApiError.notFound("there is no such pattern; GET /admin/patterns lists them"));
        }
        ObjectNode answer = Json.object().put("name", name);
        ArrayNode versions = answer.putArray("versions");
        scripts.patterns()
                .history(name)
                .forEach(version ->
                        versions.addObject()
                                .put("version", version.version())
                                .put("at", version.at().toString()));
        send(response, answer);
    }

    private static void send(ServerResponse response, ObjectNode body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(body));
    }
}
