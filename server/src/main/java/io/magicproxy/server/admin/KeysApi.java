package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.BodyReader;
import java.time.Duration;

/** {@code /admin/keys}: the pools with the state of each key; a key can be restored or retired. */
public final class KeysApi implements HttpService {
    private static final int MAX_BODY = 4 * 1024;
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final Gateway gateway;
    private final BodyReader bodies;

    public KeysApi(Gateway gateway, BodyReader bodies) {
        this.gateway = gateway;
        this.bodies = bodies;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).post("/{pool}/{fingerprint}", this::change);
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

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object();
        answer.set("pools", pools(gateway.current()));
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(answer));
    }

    private void change(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        RequestBody body =
                gateway.current().scanner().scan(bodies.json(request, MAX_BODY, MAX_TIME));
        String action = body.member("action").map(JsonNode::asText).orElse("");
        String fingerprint = request.path().pathParameters().get("fingerprint");
        KeyPool pool = pool(request.path().pathParameters().get("pool"));
        boolean done =
                switch (action) {
                    case "restore" -> pool.restore(fingerprint);
                    case "retire" -> pool.retire(fingerprint, "retired by an administrator");
                    default ->
                            throw new MalformedRequestException(
                                    "action", "must be \"restore\" or \"retire\"");
                };
        if (!done) {
            throw new ApiException(
                    ApiError.notFound(
                            "the pool has no key of that fingerprint; GET /admin/keys lists them"));
        }
        list(request, response);
    }

    private KeyPool pool(String id) {
        return gateway.current().pools().stream()
                .filter(pool -> pool.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new ApiException(
                                ApiError.notFound(
                                        "there is no such pool; GET /admin/keys lists them")));
    }
}
