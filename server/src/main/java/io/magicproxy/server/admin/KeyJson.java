package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.KeyState;
import java.time.Instant;
import java.util.Locale;

/** Keys as the admin API shows them: by fingerprint and last four characters, never whole. */
final class KeyJson {
    private KeyJson() {}

    static ObjectNode name(String fingerprint, String lastFour) {
        return Json.object().put("fingerprint", fingerprint).put("last_four", lastFour);
    }

    static ObjectNode of(KeyPool.Snapshot key) {
        ObjectNode json = state(name(key.fingerprint(), key.lastFour()), key.state());
        json.put("since", key.since().map(Instant::toString).orElse(null));
        json.put("probing", key.probing()).put("in_flight", key.inFlight());
        json.put("source", key.entry().source().name().toLowerCase(Locale.ROOT));
        json.put("weight", key.entry().weight());
        return json.put("rpm", key.entry().rpm().orElse(null));
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
