package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.quota.Origin;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.Team;
import io.magicproxy.quota.TermsJson;
import io.magicproxy.quota.VirtualKey;
import io.magicproxy.store.StoreException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Virtual keys and teams as the admin API tells them: never a secret, nor its hash. */
final class QuotaJson {
    private final Quota quota;

    QuotaJson(Quota quota) {
        this.quota = quota;
    }

    ObjectNode key(VirtualKey key, Instant now) throws StoreException {
        ObjectNode json = Json.object().put("id", key.id());
        json.setAll(TermsJson.json(key.terms()));
        json.put("shown", key.secret().shown())
                .put("state", key.state(now).name().toLowerCase(Locale.ROOT));
        time(json, "created_at", key.life().created());
        time(json, "rotated_at", key.life().rotated());
        time(json, "revoked_at", key.life().revoked());
        time(
                json,
                "former_until",
                key.life().former().map(VirtualKey.Former::until).filter(now::isBefore));
        json.put("source", source(key.origin())).put("version", Long.toString(key.version()));
        json.set("use", use(quota.use(key)));
        return json;
    }

    ObjectNode team(Team team) throws StoreException {
        ObjectNode json = TermsJson.json(team);
        time(json, "created_at", team.created());
        json.put("source", source(team.origin())).put("version", Long.toString(team.version()));
        json.put(
                "keys",
                quota.keys().keys().stream()
                        .filter(key -> key.terms().team().equals(Optional.of(team.name())))
                        .count());
        json.set("use", use(quota.use(team)));
        return json;
    }

    private static ObjectNode use(Quota.Use use) {
        return Json.object()
                .put("requests_last_minute", use.requests())
                .put("tokens_last_minute", use.tokens())
                .put("concurrent", use.calls())
                .put("spent_today", use.dayUsd())
                .put("spent_this_month", use.monthUsd());
    }

    private static String source(Origin origin) {
        return origin.name().toLowerCase(Locale.ROOT);
    }

    private static void time(ObjectNode json, String field, Optional<Instant> time) {
        json.put(field, time.map(Instant::toString).orElse(null));
    }
}
