package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.Plugin;

/** {@code /admin/react_patterns}: the patterns that a session can name, for drop-down lists. */
public final class ReactPatternsApi implements HttpService {
    private final ScriptFolders scripts;

    public ReactPatternsApi(ScriptFolders scripts) {
        this.scripts = scripts;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(
                "/",
                (_, response) ->
                        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(list())));
    }

    private ObjectNode list() {
        ObjectNode answer = Json.object();
        ArrayNode patterns = answer.putArray("patterns");
        for (Plugin<PatternScript> plugin : scripts.patterns().all().values()) {
            ObjectNode json = patterns.addObject().put("name", plugin.name());
            json.put("version", plugin.version());
            ScriptJson.pattern(json, plugin.value());
        }
        return answer;
    }
}
