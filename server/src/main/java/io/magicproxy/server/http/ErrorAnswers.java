package io.magicproxy.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.routing.RoutingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/**
 * Whatever a request ends with becomes an answer that a program can read. A stack trace never
 * leaves the house.
 */
public final class ErrorAnswers implements ErrorHandler<Throwable> {
    /** Helidon's words; its status for it is a bare 400. */
    private static final String HEAD_TOO_LARGE = "Header size exceeded";

    private static final Logger LOG = System.getLogger(ErrorAnswers.class.getName());

    @Override
    public void handle(ServerRequest request, ServerResponse response, Throwable problem) {
        send(response, errorOf(request, problem));
    }

    private static ApiError errorOf(ServerRequest request, Throwable problem) {
        return switch (problem) {
            case ApiException e -> e.error();
            case MalformedRequestException e -> ApiError.invalidRequest(e.getMessage(), e.param());
            case RoutingException e -> RoutingErrors.of(e.failure());
            case CallCancelledException e -> cancelled(e);
            case HttpException e -> ofHttp(request, e);
            default -> bug(problem);
        };
    }

    /** What is told at the end of a stream that has begun already. */
    public static ApiError inStream(Exception problem) {
        return switch (problem) {
            case RoutingException e -> RoutingErrors.of(e.failure());
            case ProviderException e -> RoutingErrors.of(e.failure());
            case CallCancelledException e -> cancelled(e);
            default -> bug(problem);
        };
    }

    private static ApiError bug(Throwable problem) {
        String id = RequestInfo.current().id();
        LOG.log(Level.ERROR, "request " + id + " failed", problem);
        return ApiError.of(
                500,
                "api_error",
                "internal_error",
                "the gateway failed; its log says why at request " + id);
    }

    /** Sends an error whose request went no further. */
    static void send(ServerResponse response, ApiError error) {
        error.retryAfterSeconds()
                .ifPresent(s -> response.header(HeaderValues.create(HeaderNames.RETRY_AFTER, s)));
        if (ClientWatch.CURRENT.isBound() && ClientWatch.CURRENT.get().hasLostTrack()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (error.status() == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        response.status(Status.create(error.status()))
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .send(error.json());
    }

    /** What the caller is told of a request that was given up. */
    static ApiError cancelled(CallCancelledException e) {
        return switch (e.reason()) {
            // Nobody reads it; 499 is what proxies log for a caller who has left.
            case CLIENT_GONE ->
                    ApiError.of(499, "api_error", "client_closed_request", "the caller has left");
            case DEADLINE ->
                    ApiError.of(
                            504,
                            "timeout_error",
                            "timeout",
                            "no provider answered within the request's time; router_settings.timeout sets it");
            case SHUTDOWN ->
                    ApiError.of(
                            503,
                            "api_error",
                            "shutting_down",
                            "the gateway is shutting down; ask again");
        };
    }

    private static ApiError ofHttp(ServerRequest request, HttpException e) {
        String path = Texts.printable(request.path().rawPath());
        int status = e.status().code();
        return switch (status) {
            case 404 ->
                    ApiError.notFound(
                            "there is nothing at "
                                    + request.prologue().method().text()
                                    + " "
                                    + path);
            case 405 ->
                    ApiError.of(
                            405,
                            "invalid_request_error",
                            "method_not_allowed",
                            path + " does not know that method");
            case 413 -> tooLarge();
            default ->
                    ApiError.of(
                            status,
                            status < 500 ? "invalid_request_error" : "api_error",
                            "http_" + status,
                            e.status().reasonPhrase());
        };
    }

    private static ApiError refusal(Status status, String message) {
        if (HEAD_TOO_LARGE.equals(message)) {
            return ApiError.of(
                    431,
                    "invalid_request_error",
                    "headers_too_large",
                    "the headers are larger than this gateway accepts; security_settings.max_header_bytes sets the limit");
        }
        return status.code() == 413
                ? tooLarge()
                : ApiError.of(
                        status.code(),
                        status.code() < 500 ? "invalid_request_error" : "api_error",
                        "http_" + status.code(),
                        status.reasonPhrase());
    }

    static ApiError tooLarge() {
        return ApiError.of(
                413,
                "invalid_request_error",
                "request_too_large",
                "the body is larger than this gateway accepts; security_settings.max_body sets the limit");
    }

    /** A whole answer for a client whose request doesn't come. */
    static byte[] late() {
        byte[] body =
                ApiError.of(
                                408,
                                "timeout_error",
                                "request_timeout",
                                "the request took longer to arrive than this gateway waits; security_settings.request_read_timeout sets the limit")
                        .json();
        String head =
                "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        byte[] answer = Arrays.copyOf(head.getBytes(US_ASCII), head.length() + body.length);
        System.arraycopy(body, 0, answer, head.length(), body.length);
        return answer;
    }

    /** Answers what is refused before any route is known, such as a malformed request line. */
    public static DirectHandlers direct() {
        DirectHandlers.Builder builder = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            builder.addHandler(type, ErrorAnswers::refuse);
        }
        return builder.build();
    }

    private static DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        ApiError error = refusal(status, message);
        return DirectHandler.TransportResponse.builder()
                .status(Status.create(error.status()))
                .headers(headers)
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .entity(error.json())
                .build();
    }
}
