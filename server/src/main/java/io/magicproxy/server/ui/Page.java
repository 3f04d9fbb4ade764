package io.magicproxy.server.ui;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.PublicFiles;
import io.magicproxy.server.http.Texts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The sandbox UI's files at {@code /}. */
public final class Page implements HttpService, PublicFiles {
    private static final String INDEX = "index.html";
    private static final String GZIP = "gzip";

    /** No code but its own, no frame around it, no form to elsewhere. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
                    + " font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<HeaderName, String> SECURITY =
            Map.of(
                    HeaderNames.create("content-security-policy"), POLICY,
                    HeaderNames.create("x-content-type-options"), "nosniff",
                    HeaderNames.create("x-frame-options"), "DENY",
                    HeaderNames.create("referrer-policy"), "no-referrer",
                    HeaderNames.create("cross-origin-opener-policy"), "same-origin",
                    HeaderNames.create("cross-origin-resource-policy"), "same-origin",
                    HeaderNames.create("permissions-policy"),
                            "camera=(), microphone=(), geolocation=()");

    private static final String MISSING =
            """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Magic Proxy</title>
            <h1>Magic Proxy</h1>
            <p>The gateway serves, but its page is not here: there is no folder <code>sandbox-ui/dist</code> beside the program or the
            configuration. The folder is part of the source; to make it anew: <code>cd sandbox-ui &amp;&amp; npm ci &amp;&amp; npm run build</code>.</p>
            <p>The API is at <code>/v1</code>; <code>GET /v1/models</code> tells what can be asked.</p>
            """;

    private final PageFolder folder;

    /**
     * @param places where the folder of its files may be; the first that there is counts
     */
    public Page(List<Path> places) {
        this.folder = new PageFolder(places);
    }

    /** Registered last: what no other service answers. */
    @Override
    public void routing(HttpRules rules) {
        rules.get(this::unlessApi).head(this::unlessApi);
    }

    private void unlessApi(ServerRequest request, ServerResponse response) {
        if (AccessRules.isApi(request.path().absolute().path())) {
            response.next();
        } else {
            send(request, response);
        }
    }

    @Override
    public void send(ServerRequest request, ServerResponse response) {
        String path = request.path().absolute().path().replaceFirst("^/", "");
        SECURITY.forEach(response::header);
        Optional<PageFile> file = path.isEmpty() ? Optional.empty() : folder.find(path);
        if (file.isPresent()) {
            send(request, response, file.get());
            return;
        }
        if (path.substring(path.lastIndexOf('/') + 1).contains(".")) {
            throw new ApiException(
                    ApiError.notFound("the page has no file \"" + Texts.printable(path) + "\""));
        }
        // A place within the page, which its own code knows.
        folder.find(INDEX)
                .ifPresentOrElse(index -> send(request, response, index), () -> missing(response));
    }

    private static void send(ServerRequest request, ServerResponse response, PageFile file) {
        Optional<byte[]> zipped = file.gzip().filter(_ -> accepts(request, GZIP));
        String tag = "\"" + file.tag() + (zipped.isPresent() ? "-" + GZIP : "") + "\"";
        response.header(HeaderNames.ETAG, tag)
                .header(HeaderNames.VARY, "Accept-Encoding")
                .header(
                        HeaderNames.CACHE_CONTROL,
                        file.immutable() ? "public, max-age=31536000, immutable" : "no-cache");
        if (isKnown(request, tag)) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, file.type());
        zipped.ifPresent(_ -> response.header(HeaderNames.CONTENT_ENCODING, GZIP));
        byte[] content = zipped.orElse(file.plain());
        if (request.prologue().method().equals(Method.HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(content.length)).send();
        } else {
            response.send(content);
        }
    }

    private static boolean accepts(ServerRequest request, String encoding) {
        return request.headers()
                .first(HeaderNames.ACCEPT_ENCODING)
                .map(given -> List.of(given.toLowerCase(Locale.ROOT).split("\\s*,\\s*")))
                .filter(given -> given.contains(encoding))
                .isPresent();
    }

    private static boolean isKnown(ServerRequest request, String tag) {
        return request.headers()
                .first(HeaderNames.IF_NONE_MATCH)
                .filter(known -> known.contains(tag))
                .isPresent();
    }

    private static void missing(ServerResponse response) {
        response.status(Status.NOT_FOUND_404)
                .header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(MISSING.getBytes(UTF_8));
    }
}
