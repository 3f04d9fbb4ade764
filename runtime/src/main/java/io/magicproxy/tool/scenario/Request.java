package io.magicproxy.tool.scenario;

import static io.magicproxy.scenario.Written.given;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.FetchRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request that a tool makes, beside one that its scenario foresees. */
record Request(FetchRequest made) {
    private static final String LETTER = "texts must stand there to the letter";

    /**
     * How a request misses the foreseen one.
     *
     * @param met how many of its parts fit before the one that doesn't
     */
    record Miss(int met, Difference difference) {}

    String describe() {
        String body = body();
        return "fetch "
                + made.method().text()
                + " "
                + made.url()
                + (body.isEmpty() ? "" : " " + Trace.head(body));
    }

    /**
     * Address first: what else differs says little of a request to somewhere else.
     *
     * @param path of the foreseen one
     */
    Optional<Miss> miss(String path, ToolScenario.Fetch foreseen) {
        String url = address(foreseen.url());
        if (!url.equals(made.url())) {
            return miss(0, path + ".url", "another address is fetched", url, made.url());
        }
        String method = made.method().text();
        if (foreseen.method().filter(it -> !it.equalsIgnoreCase(method)).isPresent()) {
            return miss(
                    1, path + ".method", "another method is used", foreseen.method().get(), method);
        }
        for (Map.Entry<String, JsonNode> header : foreseen.headers().properties()) {
            String sent = header(header.getKey());
            if (!sent.equals(header.getValue().asText())) {
                return miss(
                        2,
                        path + ".headers." + header.getKey(),
                        "the header is not sent so",
                        header.getValue().asText(),
                        sent.isEmpty() ? "no such header" : sent);
            }
        }
        return missedBody(path, foreseen);
    }

    private Optional<Miss> missedBody(String path, ToolScenario.Fetch foreseen) {
        String body = body();
        String shown = body.isEmpty() ? "no body" : body;
        if (given(foreseen.body()) && !isBody(foreseen.body(), body)) {
            String wanted =
                    foreseen.body().isContainerNode()
                            ? Json.text(foreseen.body())
                            : foreseen.body().asText();
            return miss(3, path + ".body", "another body is sent", wanted, shown);
        }
        return Written.texts(foreseen.contains()).stream()
                .filter(text -> !body.contains(text))
                .findFirst()
                .map(text ->
                        new Miss(
                                3,
                                Difference.at(path + ".contains", "the body doesn't hold a text")
                                        .but(text, shown)
                                        .mend(LETTER)));
    }

    private static boolean isBody(JsonNode wanted, String body) {
        if (!wanted.isContainerNode()) {
            return wanted.asText().equals(body);
        }
        try {
            return Written.same(wanted, Json.read(body));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static Optional<Miss> miss(
            int met, String path, String problem, String wanted, String was) {
        return Optional.of(new Miss(met, Difference.at(path, problem).but(wanted, was)));
    }

    /** "" for a header that isn't sent. */
    private String header(String name) {
        return made.headers().stream()
                .filter(it -> it.headerName().lowerCase().equals(name.toLowerCase(Locale.ROOT)))
                .map(it -> String.join(", ", it.allValues()))
                .findFirst()
                .orElse("");
    }

    private String body() {
        return new String(made.body(), UTF_8);
    }

    private static String address(String url) {
        try {
            return FetchRequest.address(url);
        } catch (FetchException e) {
            throw new IllegalStateException("it was checked when the file was read", e);
        }
    }
}
