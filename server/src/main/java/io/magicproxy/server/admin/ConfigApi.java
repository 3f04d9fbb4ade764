package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.gateway.ConfigEditor;
import io.magicproxy.gateway.ConfigEditor.Outcome;
import io.magicproxy.gateway.ConfigSecrets;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;

/** {@code /admin/config}: the configuration's text, to be read, checked and changed. */
public final class ConfigApi implements HttpService {
    private static final String CONTENT = "content";
    private static final String PROBLEMS = "problems";
    private static final String VERSION = "version";

    private final Gateway gateway;
    private final AdminRequests requests;
    private final Audit audit;
    private final Sharing sharing;

    /**
     * @param sharing tells other gateways what is changed
     */
    public ConfigApi(Gateway gateway, AdminRequests requests, Audit audit, Sharing sharing) {
        this.gateway = gateway;
        this.requests = requests;
        this.audit = audit;
        this.sharing = sharing;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", (_, response) -> show(response))
                .put("/", this::save)
                .post("/", this::save)
                .post("/validate", this::validate)
                .get("/status", (_, response) -> status(response));
    }

    private void show(ServerResponse response) {
        switch (gateway.editor().read()) {
            case ConfigEditor.Reading.Unreadable(String message) ->
                    throw new ApiException(
                            ApiError.of(
                                    409, "invalid_request_error", "file_not_readable", message));
            case ConfigEditor.Reading.Read(var text) -> {
                AdminRequests.tag(response, text.version());
                AdminRequests.send(
                        response,
                        Json.object()
                                .put(CONTENT, text.content())
                                .put(VERSION, text.version())
                                .put("file", gateway.status().file())
                                .put("writable", text.writable())
                                .put("serving_version", gateway.current().version()));
            }
        }
    }

    private void save(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String content = AdminRequests.text(requests.body(request, CONTENT), CONTENT);
        String file = gateway.status().file();
        ConfigEditor.Reading seen = gateway.editor().read();
        switch (gateway.editor(sharing).save(content, AdminRequests.ifMatch(request))) {
            case Outcome.Done(String before, String version, var notes) -> {
                audit.changed("config.save", file, replaced(seen, before), side(version, content));
                AdminRequests.tag(response, version);
                ObjectNode answer = Json.object().put(VERSION, version);
                answer.set(PROBLEMS, ProblemJson.all(notes));
                AdminRequests.send(response, answer);
            }
            case Outcome.Invalid(var problems) -> {
                ObjectNode more = Json.object();
                more.set(PROBLEMS, ProblemJson.all(problems));
                AdminRequests.send(
                        response, ProblemJson.error("invalid_config", file, problems), more);
            }
            case Outcome.Stale(String version) ->
                    AdminRequests.stale(
                            response,
                            file
                                    + " has the version "
                                    + version
                                    + " now; read it again and repeat your change",
                            version);
            case Outcome.SavedElsewhere(String message, String version) ->
                    AdminRequests.stale(response, message, version);
            case Outcome.NoPrecondition(String version) ->
                    throw new ApiException(
                            ApiError.of(
                                    428,
                                    "invalid_request_error",
                                    "precondition_required",
                                    "send If-Match with the version that you have seen, it is now "
                                            + version));
            case Outcome.NotWritable(String message) ->
                    throw new ApiException(
                            ApiError.of(
                                    409, "invalid_request_error", "file_not_writable", message));
        }
    }

    /** What was replaced, unless somebody else was quicker to replace what was seen. */
    private static Audit.Side replaced(ConfigEditor.Reading seen, String version) {
        return seen instanceof ConfigEditor.Reading.Read(var text) && text.version().equals(version)
                ? side(version, text.content())
                : Audit.Side.of(version);
    }

    private static Audit.Side side(String version, String content) {
        return new Audit.Side(version, ConfigSecrets.masked(content));
    }

    private void validate(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String content = AdminRequests.text(requests.body(request, CONTENT), CONTENT);
        Result<?> result = gateway.editor().check(content);
        ObjectNode answer = Json.object().put("valid", result instanceof Result.Loaded<?>);
        answer.set(PROBLEMS, ProblemJson.all(result.problems()));
        AdminRequests.send(response, answer);
    }

    private void status(ServerResponse response) {
        Gateway.Status status = gateway.status();
        ObjectNode json = Json.object().put("file", status.file()).put("applied", status.applied());
        json.put("read_at", status.readAt().toString())
                .put("serving_version", status.servingVersion());
        json.set(PROBLEMS, ProblemJson.all(status.problems()));
        AdminRequests.send(response, json);
    }
}
