package io.magicproxy.server.openai;

import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Route;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.http.Texts;
import java.util.Optional;

/** Finds the route for the model that a request names. */
final class RouteFinder {
    private RouteFinder() {}

    static Route find(GatewayGeneration generation, String model, ModelInfo.Mode wanted) {
        Optional<Route> route = generation.routes().find(model);
        if (route.isEmpty()) {
            throw new ApiException(unknown(generation, model));
        }
        if (route.get().mode() != wanted) {
            throw new ApiException(
                    ApiError.invalidRequest(
                            "\""
                                    + model
                                    + "\" is "
                                    + kind(route.get().mode())
                                    + "; this endpoint needs "
                                    + kind(wanted),
                            Optional.of("model")));
        }
        RequestInfo.current().alias(route.get().name());
        return route.get();
    }

    static ApiError unknown(GatewayGeneration generation, String model) {
        String hint = generation.routes().hint(model);
        return ApiError.of(
                        404,
                        "invalid_request_error",
                        "model_not_found",
                        "there is no model \""
                                + Texts.printable(model)
                                + "\""
                                + (hint.isEmpty() ? ";" : hint)
                                + " GET /v1/models lists them")
                .param("model");
    }

    private static String kind(ModelInfo.Mode mode) {
        return switch (mode) {
            case CHAT -> "a chat model";
            case EMBEDDING -> "an embedding model";
        };
    }
}
