package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.KeyState;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.Route;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.KeyLimits;
import io.magicproxy.server.http.RequestInfo;
import java.util.Optional;
import java.util.function.Function;

/** {@code /v1/models}: the aliases, then the profiles that can be asked for directly. */
public final class ModelsApi implements HttpService {
    private final Gateway gateway;
    private final long startedAt;
    private final KeyLimits limits;
    private final Function<String, Optional<String>> patternOf;

    /**
     * @param patternOf the pattern of an alias that is an agent
     * @param limits whoever has a key sees what it may ask
     * @param startedAt seconds since the epoch, told as each model's {@code created}
     */
    public ModelsApi(
            Gateway gateway,
            Function<String, Optional<String>> patternOf,
            KeyLimits limits,
            long startedAt) {
        this.limits = limits;
        this.gateway = gateway;
        this.patternOf = patternOf;
        this.startedAt = startedAt;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/models", this::list)
                .get("/models/all-runnable", this::runnable)
                .get("/models/{+id}", this::one);
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        gateway.current().routes().all().stream()
                .filter(route -> limits.allows(route.name()))
                .forEach(route -> data.add(describe(route)));
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(answer));
    }

    private void one(ServerRequest request, ServerResponse response) {
        String id = request.path().pathParameters().get("id");
        GatewayGeneration generation = gateway.current();
        limits.mayAsk(id);
        Route route =
                generation
                        .routes()
                        .find(id)
                        .orElseThrow(() -> new ApiException(RouteFinder.unknown(generation, id)));
        RequestInfo.current().alias(route.name());
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(describe(route)));
    }

    /** Those that have a key, or need none. */
    private void runnable(ServerRequest request, ServerResponse response) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Route route : gateway.current().routes().all()) {
            if (isRunnable(route) && limits.allows(route.name())) {
                all.add(describe(route).put("name", route.name()));
            }
        }
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(all));
    }

    /** Whether some profile of the route could be called, now or after a rest. */
    public static boolean isRunnable(Route route) {
        return route.chain().stream().anyMatch(ModelsApi::isRunnable);
    }

    private static boolean isRunnable(Profile profile) {
        return !profile.keyRequired()
                || profile.pool().stream()
                        .flatMap(pool -> pool.snapshot().stream())
                        .anyMatch(key -> !(key.state() instanceof KeyState.Retired));
    }

    private ObjectNode describe(Route route) {
        ObjectNode model = Json.object();
        model.put("id", route.name())
                .put("object", "model")
                .put("created", startedAt)
                .put("owned_by", "magic-proxy");
        route.chain().getFirst().describe(model);
        Optional<String> pattern = patternOf.apply(route.name());
        model.put("is_agent", pattern.isPresent()).put("pattern", pattern.orElse(null));
        ArrayNode chain = model.putArray("profiles");
        route.chain().forEach(profile -> chain.add(profile.name()));
        return model;
    }
}
