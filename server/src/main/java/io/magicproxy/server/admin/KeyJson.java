package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.KeyState;
import java.util.Locale;

/** Keys as the admin API shows them: by fingerprint and last four characters, never whole. */
final class KeyJson {
    private KeyJson() {}

    static ObjectNode name(String fingerprint, String lastFour) {
        return Json.object().put("fingerprint", fingerprint).put("last_four", lastFour);
    }

    static ObjectNode of(KeyPool.Snapshot key) {
        return state(name(key.fingerprint(), key.lastFour()), key.state())
                .put("in_flight", key.inFlight());
    }

    static ObjectNode state(ObjectNode json, KeyState state) {
        json.put("state", state.label());
        switch (state) {
            case KeyState.Active _ -> {}
            case KeyState.Quarantined q ->
                    json.put("until", q.until().toString()).put("reason", q.reason());
            case KeyState.Retired r ->
                    json.put("by", r.by().name().toLowerCase(Locale.ROOT))
                            .put("reason", r.reason());
        }
        return json;
    }
}
