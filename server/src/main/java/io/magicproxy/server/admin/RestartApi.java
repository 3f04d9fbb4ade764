package io.magicproxy.server.admin;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.gateway.ConfigEditor.Reading;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /admin/restart}: starts the gateway anew, for settings that are read at a start only. */
public final class RestartApi implements HttpService {
    private final Gateway gateway;
    private final Supplier<Optional<Runnable>> restart;
    private final AdminRequests requests;
    private final Audit audit;

    /**
     * @param restart returns at once; empty if nobody would start the gateway again
     */
    public RestartApi(
            Gateway gateway,
            Supplier<Optional<Runnable>> restart,
            AdminRequests requests,
            Audit audit) {
        this.gateway = gateway;
        this.restart = restart;
        this.requests = requests;
        this.audit = audit;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/restart", this::restart);
    }

    private void restart(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        requests.optionalBody(request);
        Runnable restarting =
                restart.get()
                        .orElseThrow(() ->
                                refused(
                                        "cannot_restart",
                                        "the gateway is part of another program, which alone"
                                                + " can start it again"));
        checked();
        audit.changed(
                "restart",
                gateway.status().file(),
                Audit.Side.of(gateway.current().version()),
                Audit.Side.of("restarting"));
        response.status(Status.ACCEPTED_202);
        AdminRequests.send(response, Json.object().put("status", "restarting"));
        restarting.run();
    }

    /** What doesn't start again isn't stopped. */
    private void checked() {
        switch (gateway.editor().read()) {
            case Reading.Unreadable(String message) -> throw refused("file_not_readable", message);
            case Reading.Read(var text) -> {
                if (gateway.editor().check(text.content()) instanceof Result.Invalid<?> invalid) {
                    throw new ApiException(
                            ProblemJson.error(
                                    "invalid_config", gateway.status().file(), invalid.problems()));
                }
            }
        }
    }

    private static ApiException refused(String code, String message) {
        return new ApiException(ApiError.of(409, "invalid_request_error", code, message));
    }
}
