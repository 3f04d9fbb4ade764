package io.magicproxy.tool.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.scenario.Written;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.WireReply;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a scenario says comes back.
 *
 * @param from the address that was fetched
 */
record RecordedAnswer(String from, ToolScenario.Answer answer) implements WireReply {
    private static final int BEHIND_SCHEME = "https://".length();

    @Override
    public int status() {
        return answer.status();
    }

    @Override
    public Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new TreeMap<>();
        if (isJson(answer.body())) {
            headers.put("content-type", List.of("application/json"));
        }
        answer.headers()
                .properties()
                .forEach(one ->
                        headers.put(
                                one.getKey().toLowerCase(Locale.ROOT),
                                Written.texts(one.getValue())));
        return headers;
    }

    String text() {
        return isJson(answer.body()) ? Json.text(answer.body()) : Written.text(answer.body());
    }

    @Override
    public String text(int maxBytes) throws FetchException {
        String text = text();
        if (text.getBytes(UTF_8).length > maxBytes) {
            throw FetchException.tooLarge(
                    from.substring(0, from.indexOf('/', BEHIND_SCHEME)), maxBytes);
        }
        return text;
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private static boolean isJson(JsonNode body) {
        return body.isContainerNode() && Written.given(body);
    }
}
