package io.magicproxy.quota;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys and teams as the store has them: of secrets the hashes only. */
final class KeyRecords {
    private static final String KEYS = "virtual_key/";
    private static final String TEAMS = "team/";

    private final SharedState store;

    KeyRecords(SharedState store) {
        this.store = store;
    }

    List<VirtualKey> keys() throws StoreException {
        List<VirtualKey> keys = new ArrayList<>();
        for (String record : store.list(KEYS).values()) {
            keys.add(key(record));
        }
        return keys;
    }

    List<Team> teams() throws StoreException {
        List<Team> teams = new ArrayList<>();
        for (String record : store.list(TEAMS).values()) {
            teams.add(team(record));
        }
        return teams;
    }

    void put(VirtualKey key) throws StoreException {
        ObjectNode json = TermsJson.json(key.terms());
        json.put("id", key.id()).put("version", key.version());
        json.set("secret", secret(key.secret()));
        VirtualKey.Life life = key.life();
        time(json, "created", life.created());
        time(json, "rotated", life.rotated());
        time(json, "revoked", life.revoked());
        life.former()
                .ifPresent(former -> {
                    ObjectNode old = json.putObject("former");
                    old.set("secret", secret(former.secret()));
                    old.put("until", former.until().toString());
                });
        store.put(KEYS + key.id(), Json.text(json), Optional.empty());
    }

    void put(Team team) throws StoreException {
        ObjectNode json = TermsJson.json(team).put("version", team.version());
        time(json, "created", team.created());
        store.put(TEAMS + team.name(), Json.text(json), Optional.empty());
    }

    void remove(VirtualKey key) throws StoreException {
        store.remove(KEYS + key.id());
    }

    void remove(Team team) throws StoreException {
        store.remove(TEAMS + team.name());
    }

    private static ObjectNode secret(VirtualKey.Secret secret) {
        return Json.object().put("hash", secret.hash()).put("shown", secret.shown());
    }

    private static VirtualKey.Secret secret(JsonNode json) {
        return new VirtualKey.Secret(json.path("hash").asText(), json.path("shown").asText());
    }

    private static void time(ObjectNode json, String field, Optional<Instant> time) {
        time.ifPresent(at -> json.put(field, at.toString()));
    }

    private static Optional<Instant> time(JsonNode json, String field) {
        return Optional.ofNullable(json.path(field).textValue()).map(Instant::parse);
    }

    private static VirtualKey key(String record) throws StoreException {
        try {
            ObjectNode json = (ObjectNode) Json.read(record);
            Optional<VirtualKey.Former> former =
                    time(json.path("former"), "until")
                            .map(until ->
                                    new VirtualKey.Former(
                                            secret(json.at("/former/secret")), until));
            return new VirtualKey(
                    json.path("id").asText(),
                    TermsJson.terms(json, Instant.EPOCH),
                    secret(json.path("secret")),
                    new VirtualKey.Life(
                            time(json, "created"),
                            time(json, "rotated"),
                            time(json, "revoked"),
                            former),
                    json.path("version").asLong(),
                    Origin.STORE);
        } catch (JsonProcessingException | BadTermsException e) {
            throw damaged("a virtual key", e);
        }
    }

    private static Team team(String record) throws StoreException {
        try {
            ObjectNode json = (ObjectNode) Json.read(record);
            return new Team(
                    TermsJson.name(json),
                    TermsJson.limits(json.path("limits")),
                    TermsJson.metadata(json.path("metadata")),
                    time(json, "created"),
                    json.path("version").asLong(),
                    Origin.STORE);
        } catch (JsonProcessingException | BadTermsException e) {
            throw damaged("a team", e);
        }
    }

    private static StoreException damaged(String what, Exception why) {
        return new StoreException(
                what
                        + " in the store can't be read ("
                        + why.getMessage()
                        + "); put a copy of the data folder in its place",
                why);
    }
}
