package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.gateway.KeyEditor;
import io.magicproxy.gateway.KeyEditor.Outcome;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code /admin/keys}: the pools with the state of each key; keys can be added and removed,
 * restored and retired.
 */
public final class KeysApi implements HttpService {
    private static final String BY_ADMIN = "retired by an administrator";
    private static final int MAX_REASON = 200;

    private final Gateway gateway;
    private final AdminRequests requests;
    private final Audit audit;

    public KeysApi(Gateway gateway, AdminRequests requests, Audit audit) {
        this.gateway = gateway;
        this.requests = requests;
        this.audit = audit;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", (_, response) -> list(response))
                .post("/{pool}", this::add)
                .post("/{pool}/{fingerprint}", this::change)
                .delete("/{pool}/{fingerprint}", this::remove);
    }

    /** All pools of a generation; keys by fingerprint and last four characters. */
    static ArrayNode pools(GatewayGeneration generation) {
        ArrayNode pools = JsonNodeFactory.instance.arrayNode();
        for (KeyPool pool : generation.pools()) {
            ObjectNode json = pools.addObject().put("id", pool.id());
            ArrayNode keys = json.putArray("keys");
            pool.snapshot().forEach(key -> keys.add(KeyJson.of(key)));
        }
        return pools;
    }

    private void list(ServerResponse response) {
        KeyEditor editor = gateway.keyEditor();
        ObjectNode answer = Json.object();
        ArrayNode pools = answer.putArray("pools");
        for (KeyPool pool : gateway.current().pools()) {
            ObjectNode json = pools.addObject().put("id", pool.id());
            json.put("file", editor.file(pool.id()).map(KeysApi::shown).orElse(null));
            json.put("remedy", pool.remedy());
            ArrayNode keys = json.putArray("keys");
            pool.snapshot().forEach(key -> keys.add(KeyJson.of(key)));
        }
        AdminRequests.send(response, answer);
    }

    /** With its folder, without where that is. */
    private static String shown(Path file) {
        int names = file.getNameCount();
        return file.subpath(Math.max(0, names - 2), names).toString().replace('\\', '/');
    }

    private void add(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        ObjectNode body = requests.body(request, "key", "weight", "rpm");
        String key = AdminRequests.text(body, "key").strip();
        String pool = poolId(request);
        Optional<Integer> weight = number(body, "weight");
        String fingerprint = done(gateway.keyEditor().add(pool, key, weight, number(body, "rpm")));
        audit.changed("key.add", pool + " " + fingerprint);
        response.status(Status.CREATED_201);
        list(response);
    }

    private void remove(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String pool = poolId(request);
        String fingerprint = fingerprint(request);
        done(gateway.keyEditor().remove(pool, fingerprint));
        audit.changed("key.remove", pool + " " + fingerprint);
        list(response);
    }

    private static String done(Outcome outcome) throws MalformedRequestException {
        String type = "invalid_request_error";
        return switch (outcome) {
            case Outcome.Done(String fingerprint) -> fingerprint;
            case Outcome.NoPool _ -> throw noPool();
            case Outcome.NoKey _ -> throw noKey();
            case Outcome.Bad(String message) -> throw new MalformedRequestException("key", message);
            case Outcome.Conflict(String message) ->
                    throw new ApiException(ApiError.of(409, type, "conflict", message));
            case Outcome.NotWritable(String message) ->
                    throw new ApiException(ApiError.of(409, type, "file_not_writable", message));
        };
    }

    private static Optional<Integer> number(ObjectNode body, String field)
            throws MalformedRequestException {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw new MalformedRequestException(field, "must be a whole number from 1");
        }
        return Optional.of(value.intValue());
    }

    private void change(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        ObjectNode body = requests.body(request, "action", "reason");
        String reason = AdminRequests.optionalText(body, "reason").orElse(BY_ADMIN);
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new MalformedRequestException(
                    "reason", "must have 1 to " + MAX_REASON + " characters");
        }
        String fingerprint = fingerprint(request);
        KeyPool pool = pool(poolId(request));
        String action = body.path("action").asText();
        boolean done =
                switch (action) {
                    case "restore" -> pool.restore(fingerprint);
                    case "retire" -> pool.retire(fingerprint, reason);
                    default ->
                            throw new MalformedRequestException(
                                    "action", "must be \"restore\" or \"retire\"");
                };
        if (!done) {
            throw noKey();
        }
        audit.changed(
                "key." + action,
                pool.id() + " " + fingerprint,
                Audit.Side.of(""),
                Audit.Side.of(action.equals("retire") ? reason : ""));
        list(response);
    }

    private KeyPool pool(String id) {
        return gateway.current().pools().stream()
                .filter(pool -> pool.id().equals(id))
                .findFirst()
                .orElseThrow(KeysApi::noPool);
    }

    private static String poolId(ServerRequest request) {
        return request.path().pathParameters().get("pool");
    }

    private static String fingerprint(ServerRequest request) {
        return request.path().pathParameters().get("fingerprint");
    }

    private static ApiException noPool() {
        return new ApiException(
                ApiError.notFound("there is no such pool; GET /admin/keys lists them"));
    }

    private static ApiException noKey() {
        return new ApiException(
                ApiError.notFound(
                        "the pool has no key of that fingerprint; GET /admin/keys lists them"));
    }
}
