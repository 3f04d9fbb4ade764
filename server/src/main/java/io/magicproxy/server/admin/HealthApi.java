package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.Profile;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * {@code /health}: whether the process lives, whether it wants requests, and how each part fares.
 */
public final class HealthApi implements HttpService {
    private final Gateway gateway;
    private final BooleanSupplier draining;
    private final Consumer<ObjectNode> more;

    /**
     * @param more adds how other parts fare
     */
    public HealthApi(Gateway gateway, BooleanSupplier draining, Consumer<ObjectNode> more) {
        this.gateway = gateway;
        this.draining = draining;
        this.more = more;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::details)
                .get("/liveness", this::liveness)
                .get("/readiness", this::readiness);
    }

    private void liveness(ServerRequest request, ServerResponse response) {
        send(response, Json.object().put("status", "UP"));
    }

    private void readiness(ServerRequest request, ServerResponse response) {
        if (draining.getAsBoolean()) {
            response.status(Status.SERVICE_UNAVAILABLE_503);
            send(
                    response,
                    Json.object()
                            .put("status", "DOWN")
                            .put("reason", "the gateway is shutting down"));
        } else {
            send(response, Json.object().put("status", "UP"));
        }
    }

    private void details(ServerRequest request, ServerResponse response) {
        GatewayGeneration generation = gateway.current();
        ObjectNode health = Json.object().put("status", draining.getAsBoolean() ? "DOWN" : "UP");
        health.putObject("config")
                .put("version", generation.version())
                .put("applied", gateway.status().applied());
        ArrayNode profiles = health.putArray("profiles");
        generation.profiles().forEach(profile -> profiles.add(describe(profile)));
        health.set("pools", KeysApi.pools(generation));
        more.accept(health);
        send(response, health);
    }

    private static ObjectNode describe(Profile profile) {
        ObjectNode json = profile.describe(Json.object().put("name", profile.name()));
        Breaker.State state = profile.breaker().state();
        json.put("breaker", state.name().toLowerCase(Locale.ROOT));
        profile.pool().ifPresent(pool -> json.put("key_pool", pool.id()));
        return json;
    }

    private static void send(ServerResponse response, ObjectNode json) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(json));
    }
}
