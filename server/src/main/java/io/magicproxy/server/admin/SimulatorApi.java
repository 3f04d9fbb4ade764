package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SimulatorSwitches;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code /admin/simulator/faults}: what goes wrong in the simulator, switched while it runs. */
public final class SimulatorApi implements HttpService {
    private static final String ALL = "*";

    private final Gateway gateway;
    private final AdminRequests requests;
    private final Audit audit;

    public SimulatorApi(Gateway gateway, AdminRequests requests, Audit audit) {
        this.gateway = gateway;
        this.requests = requests;
        this.audit = audit;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/faults", this::list).put("/faults", this::set).delete("/faults", this::clear);
    }

    private void list(ServerRequest request, ServerResponse response) {
        response.header(HeaderValues.CONTENT_TYPE_JSON)
                .send(Json.bytes(gateway.simulator().describe()));
    }

    private void set(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        // A mistyped "profile" must not switch them all.
        ObjectNode body = requests.body(request, "profile", "faults");
        JsonNode faults =
                Optional.of(body.path("faults"))
                        .filter(JsonNode::isContainerNode)
                        .orElseThrow(() ->
                                new MalformedRequestException(
                                        "faults",
                                        "must be an object such as {\"failure\": \"429\"}, or a list of them; [] for none"));
        String profile = profile(body);
        Audit.Side before = now();
        switch (gateway.simulator().set(profile, faults)) {
            case SimulatorSwitches.Outcome.Done _ -> {
                audit.changed("simulator.set", profile, before, now());
                list(request, response);
            }
            case SimulatorSwitches.Outcome.NoProfile(String message) ->
                    throw new ApiException(ApiError.notFound(message).param("profile"));
            case SimulatorSwitches.Outcome.Invalid(var problems) ->
                    throw new ApiException(invalid(problems));
        }
    }

    private Audit.Side now() {
        return Audit.Side.of("", gateway.simulator().describe().toPrettyString());
    }

    private static String profile(ObjectNode body) throws MalformedRequestException {
        JsonNode profile = body.path("profile");
        if (profile.isMissingNode()) {
            return ALL;
        }
        if (!profile.isTextual()) {
            throw new MalformedRequestException(
                    "profile", "must be a profile's name, or \"*\" for all");
        }
        return profile.textValue();
    }

    /** Every problem, as the configuration's are told. */
    private static ApiError invalid(List<ConfigProblem> problems) {
        String message =
                problems.stream()
                        .map(p -> p.path() + ": " + p.message())
                        .collect(Collectors.joining("; "));
        return ApiError.invalidRequest(message, Optional.of(problems.getFirst().path()));
    }

    private void clear(ServerRequest request, ServerResponse response) {
        Optional<String> profile = request.query().first("profile").asOptional();
        Audit.Side before = now();
        if (profile.isEmpty()) {
            gateway.simulator().clearAll();
        } else if (!gateway.simulator().clear(profile.get())) {
            throw new ApiException(
                    ApiError.notFound(
                                    "nothing is set for this profile; GET /admin/simulator/faults lists what is")
                            .param("profile"));
        }
        audit.changed("simulator.clear", profile.orElse(ALL), before, now());
        list(request, response);
    }
}
