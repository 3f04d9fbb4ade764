package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SimulatorSwitches;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.BodyReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code /admin/simulator/faults}: what goes wrong in the simulator, switched while it runs. */
public final class SimulatorApi implements HttpService {
    private static final int MAX_BODY = 16 * 1024;
    private static final Duration MAX_TIME = Duration.ofSeconds(10);
    private static final String ALL = "*";
    private static final List<String> KNOWN = List.of("profile", "faults");

    private final Gateway gateway;
    private final BodyReader bodies;

    public SimulatorApi(Gateway gateway, BodyReader bodies) {
        this.gateway = gateway;
        this.bodies = bodies;
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
        RequestBody body =
                gateway.current().scanner().scan(bodies.json(request, MAX_BODY, MAX_TIME));
        rejectUnknown(body);
        JsonNode faults =
                body.member("faults")
                        .filter(JsonNode::isContainerNode)
                        .orElseThrow(() ->
                                new MalformedRequestException(
                                        "faults",
                                        "must be an object such as {\"failure\": \"429\"}, or a list of them; [] for none"));
        switch (gateway.simulator().set(profile(body), faults)) {
            case SimulatorSwitches.Outcome.Done _ -> list(request, response);
            case SimulatorSwitches.Outcome.NoProfile(String message) ->
                    throw new ApiException(ApiError.notFound(message).param("profile"));
            case SimulatorSwitches.Outcome.Invalid(var problems) ->
                    throw new ApiException(invalid(problems));
        }
    }

    /** A mistyped "profile" must not switch them all. */
    private static void rejectUnknown(RequestBody body) throws MalformedRequestException {
        for (var member : body.json().properties()) {
            if (!KNOWN.contains(member.getKey())) {
                throw new MalformedRequestException(
                        member.getKey(),
                        "is not a known key; profile and faults are"
                                + DidYouMean.hint(member.getKey(), KNOWN));
            }
        }
    }

    private static String profile(RequestBody body) throws MalformedRequestException {
        JsonNode profile = body.member("profile").orElse(Json.object().textNode(ALL));
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
        if (profile.isEmpty()) {
            gateway.simulator().clearAll();
        } else if (!gateway.simulator().clear(profile.get())) {
            throw new ApiException(
                    ApiError.notFound(
                                    "nothing is set for this profile; GET /admin/simulator/faults lists what is")
                            .param("profile"));
        }
        list(request, response);
    }
}
