package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.server.http.Access.Who;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.Logins;
import io.magicproxy.server.http.RequestInfo;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/** {@code /admin/login}, {@code /admin/logout}, {@code /admin/whoami}: the page's way in. */
public final class LoginApi implements HttpService {
    private static final Logger LOG = System.getLogger(LoginApi.class.getName());

    private final Supplier<AccessRules> rules;
    private final Logins logins;
    private final AdminRequests requests;
    private final String version;
    private final Audit audit;

    /**
     * @param rules those of the configuration that serves
     * @param version the gateway's
     */
    public LoginApi(
            Supplier<AccessRules> rules,
            Logins logins,
            AdminRequests requests,
            String version,
            Audit audit) {
        this.rules = rules;
        this.logins = logins;
        this.requests = requests;
        this.version = version;
        this.audit = audit;
    }

    /** Registered at {@code /admin}. */
    @Override
    public void routing(HttpRules rules) {
        rules.get("/whoami", (_, response) -> whoami(response, RequestInfo.current().caller()))
                .post("/login", this::login)
                .post("/logout", this::logout);
    }

    private void whoami(ServerResponse response, Who who) {
        boolean needed = rules.get().needsKey();
        ObjectNode answer = Json.object().put("key_needed", needed);
        answer.put("logged_in", !needed || !(who instanceof Who.Nobody));
        switch (who) {
            case Who.Nobody _ -> answer.put("by", "nobody");
            case Who.Key _ -> answer.put("by", "key");
            case Who.Session(var login) ->
                    answer.put("by", "session")
                            .put("csrf", login.csrf())
                            .put("expires_at", login.expiresAt().toString());
        }
        AdminRequests.send(response, answer.put("version", version));
    }

    private void login(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String key = AdminRequests.text(requests.body(request, "key"), "key");
        AccessRules now = rules.get();
        if (!now.needsKey()) {
            whoami(response, new Who.Nobody());
            return;
        }
        String address = request.remotePeer().host();
        switch (now.login(key, address)) {
            case AccessRules.Login.Begun(var begun) -> {
                audit.changed("login", begun.login().id());
                String cookie = cookie(request.authority(), begun.cookie());
                response.header(HeaderNames.SET_COOKIE, cookie);
                whoami(response, new Who.Session(begun.login()));
            }
            case AccessRules.Login.Wrong _ -> {
                LOG.log(Level.WARNING, "admin: a login from {0} with a wrong key", address);
                throw new ApiException(
                        ApiError.of(
                                401,
                                "authentication_error",
                                "invalid_api_key",
                                "the key is not one of this gateway's"));
            }
            case AccessRules.Login.Later(var wait) -> throw new ApiException(tooMany(wait));
        }
    }

    private void logout(ServerRequest request, ServerResponse response) {
        String name = Logins.cookieName(request.authority());
        request.headers().cookies().first(name).asOptional().ifPresent(logins::end);
        if (RequestInfo.current().caller() instanceof Who.Session(var login)) {
            audit.changed("logout", login.id());
        }
        response.header(HeaderNames.SET_COOKIE, cookie(request.authority(), "") + "; Max-Age=0")
                .status(Status.NO_CONTENT_204)
                .send();
    }

    /** Gone when the browser is closed; what it opens ends by itself. */
    private static String cookie(String authority, String value) {
        return Logins.cookieName(authority)
                + "="
                + value
                + "; Path=/; HttpOnly; SameSite=Strict"
                + (AccessRules.isLoopback(authority) ? "" : "; Secure");
    }

    private static ApiError tooMany(Duration wait) {
        return ApiError.of(
                        429,
                        "rate_limit_error",
                        "too_many_logins",
                        "too many wrong keys came from this address; wait a minute")
                .retryAfter(wait);
    }
}
