package io.magicproxy.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.RequestSpan;
import io.magicproxy.telemetry.Spans;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What every request passes once, outermost: it gets an id, and is let in or refused. */
public final class EdgeFilter implements Filter {
    private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
    private static final HeaderName API_KEY = HeaderNames.create("x-api-key");
    private static final HeaderName FETCH_SITE = HeaderNames.create("sec-fetch-site");
    private static final HeaderName ALLOW_ORIGIN =
            HeaderNames.create("access-control-allow-origin");
    private static final HeaderName CSRF = HeaderNames.create("x-csrf-token");
    private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");
    private static final HeaderName TRACE_STATE = HeaderNames.create("tracestate");
    private static final String BEARER = "bearer ";

    private final Supplier<AccessRules> current;
    private final PublicFiles files;
    private final GatewayMetrics metrics;
    private final Spans spans;

    /**
     * @param rules asked anew for each request, so that a reload counts at once
     * @param files for whoever has no key
     */
    public EdgeFilter(
            Supplier<AccessRules> rules, PublicFiles files, GatewayMetrics metrics, Spans spans) {
        this.current = rules;
        this.files = files;
        this.metrics = metrics;
        this.spans = spans;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        RequestInfo info = new RequestInfo(request.headers().first(REQUEST_ID));
        response.header(REQUEST_ID, info.id());
        ClientConnection client = ClientWatch.CURRENT.get();
        client.begun();
        if (client.old()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        try {
            ScopedValue.where(RequestInfo.CURRENT, info)
                    .run(() -> traced(chain, request, response, info));
        } finally {
            boolean last =
                    client.hasLostTrack()
                            || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
            boolean unread = request.content().hasEntity() && !request.content().consumed();
            client.done(last, unread);
        }
    }

    private void traced(
            FilterChain chain, RoutingRequest request, RoutingResponse response, RequestInfo info) {
        String path = request.path().path();
        if (!spans.on() || !Endpoints.traced(path)) {
            counted(chain, request, response, info);
            return;
        }
        try (RequestSpan span =
                spans.request(
                        request.prologue().method().text(),
                        Endpoints.template(path),
                        name ->
                                request.headers()
                                        .first(
                                                name.equals(TRACE_STATE.lowerCase())
                                                        ? TRACE_STATE
                                                        : TRACE_PARENT))) {
            try {
                counted(chain, request, response, info);
            } finally {
                if (span.recorded()) {
                    span.answered(path, status(response, info), info.id(), info.alias());
                }
            }
        }
    }

    private static int status(RoutingResponse response, RequestInfo info) {
        return info.failedWith() == 0 ? response.status().code() : info.failedWith();
    }

    private void counted(
            FilterChain chain, RoutingRequest request, RoutingResponse response, RequestInfo info) {
        String path = request.path().path();
        try {
            if (admit(request, response, path, info)) {
                chain.proceed();
            }
        } catch (ApiException e) {
            info.failedWith(e.error().status());
            throw e;
        } catch (ServerConnectionException e) {
            // Nobody is left to be answered; as a failure of ours it would be logged with its
            // trace.
            throw new CloseConnectionException(String.valueOf(e.getMessage()), e);
        } finally {
            metrics.requestDone(
                    Endpoints.name(path),
                    info.alias(),
                    status(response, info),
                    Duration.ofNanos(info.nanosSinceStart()));
        }
    }

    /** False if the request is answered already; refusals throw. */
    private boolean admit(
            RoutingRequest request, RoutingResponse response, String path, RequestInfo info) {
        AccessRules rules = current.get();
        String method = request.prologue().method().text();
        SecurityHeaders.add(response, method, path);
        String authority = request.authority();
        if (!rules.knowsHost(authority)) {
            throw new ApiException(unknownHost(authority));
        }
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        if (origin.isPresent() && rules.allowsOrigin(origin.get())) {
            response.header(ALLOW_ORIGIN, origin.get()).header(HeaderNames.VARY, "Origin");
            if (method.equals("OPTIONS")) {
                preflight(request, response);
                return false;
            }
        }
        if (rules.isForeign(method, path, authority, origin, request.headers().first(FETCH_SITE))) {
            throw new ApiException(foreign());
        }
        if (path.startsWith("/admin")) {
            info.address(request.remotePeer().host());
        }
        return switch (rules.judge(asked(request, method, path, authority))) {
            case Access.Admitted(Access.Who who) -> {
                info.caller(who);
                yield true;
            }
            case Access.FilesOnly _ -> {
                files.send(request, response);
                yield false;
            }
            case Access.NeedsKey(boolean given) -> throw new ApiException(unauthorized(given));
            case Access.Ended(String why) -> throw new ApiException(ended(why));
            case Access.AdminOnly _ -> throw new ApiException(adminOnly());
            case Access.NeedsToken _ -> throw new ApiException(tokenless());
        };
    }

    private static Access.Asked asked(
            RoutingRequest request, String method, String path, String authority) {
        return new Access.Asked(
                method,
                path,
                key(request),
                cookie(request, authority),
                request.headers().first(CSRF));
    }

    private static Optional<String> cookie(RoutingRequest request, String authority) {
        return request.headers().contains(HeaderNames.COOKIE)
                ? request.headers().cookies().first(Logins.cookieName(authority)).asOptional()
                : Optional.empty();
    }

    private static Optional<String> key(RoutingRequest request) {
        Optional<String> authorization = request.headers().first(HeaderNames.AUTHORIZATION);
        if (authorization.isPresent()
                && authorization.get().regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.get().substring(BEARER.length()).strip());
        }
        return request.headers().first(API_KEY);
    }

    private static void preflight(RoutingRequest request, RoutingResponse response) {
        request.headers()
                .first(HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS)
                .ifPresent(h -> response.header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, h));
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE")
                .header(HeaderValues.create(HeaderNames.ACCESS_CONTROL_MAX_AGE, 600))
                .status(Status.NO_CONTENT_204)
                .send();
    }

    private static ApiError unknownHost(String authority) {
        return ApiError.of(
                421,
                "invalid_request_error",
                "unknown_host",
                "the gateway is not known by the name \""
                        + Texts.printable(authority)
                        + "\"; call it by a loopback name, or list the name in"
                        + " security_settings.allowed_hosts");
    }

    private static ApiError foreign() {
        return ApiError.of(
                403,
                "permission_error",
                "foreign_origin",
                "the request comes from another web site; list its origin in"
                        + " security_settings.cors_allowed_origins if its pages may call the gateway");
    }

    private static ApiError tokenless() {
        return ApiError.of(
                403,
                "permission_error",
                "csrf_token",
                "with a login's cookie, a request that changes something must send its token as"
                        + " \"x-csrf-token: …\"; GET /admin/whoami tells it");
    }

    private static ApiError ended(String why) {
        return ApiError.of(401, "authentication_error", "invalid_api_key", why);
    }

    private static ApiError adminOnly() {
        return ApiError.of(
                403,
                "permission_error",
                "master_key_needed",
                "a virtual key doesn't open this; security_settings.master_key does");
    }

    private static ApiError unauthorized(boolean given) {
        return ApiError.of(
                401,
                "authentication_error",
                "invalid_api_key",
                given
                        ? "the key is not one of this gateway's"
                        : "this gateway needs a key: send it as \"Authorization: Bearer …\" or"
                                + " \"x-api-key: …\"");
    }
}
