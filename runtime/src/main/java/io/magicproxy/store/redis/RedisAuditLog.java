package io.magicproxy.store.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Changes in Redis; see {@code audit.lua}. What is older than the retention isn't shown, and goes
 * with the next changes.
 */
public final class RedisAuditLog implements AuditLog {
    private static final LuaScript SCRIPT = new LuaScript("audit.lua");
    private static final String PART = "audit";

    /** Read at once: diffs may be long. */
    private static final int PAGE = 50;

    private final RedisLink link;
    private final Duration retention;
    private final InstantSource clock;

    public RedisAuditLog(RedisLink link, Duration retention, InstantSource clock) {
        this.link = link;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public void append(Change change) throws StoreException {
        append(UUID.randomUUID().toString(), change);
    }

    /**
     * Appends once.
     *
     * @param name of this change; known there for two days
     */
    void append(String name, Change change) throws StoreException {
        run(
                "append",
                name,
                Long.toString(change.at().toEpochMilli()),
                Long.toString(oldest().toEpochMilli()),
                text(change));
    }

    @Override
    public List<Entry> list(Filter filter) throws StoreException {
        List<Entry> found = new ArrayList<>();
        String below = filter.below().map(id -> Long.toString(id)).orElse("+inf");
        while (true) {
            List<String> told = run("below", below, Integer.toString(PAGE));
            for (int i = 0; i < told.size(); i += 2) {
                Entry entry = entry(told.get(i), told.get(i + 1));
                if (wanted(entry.change(), filter)) {
                    found.add(entry);
                }
                if (found.size() == filter.limit()) {
                    return found;
                }
            }
            if (told.size() < PAGE * 2) {
                return found;
            }
            below = told.get(told.size() - 2);
        }
    }

    private boolean wanted(Change change, Filter filter) {
        return !change.at().isBefore(oldest())
                && is(filter.who(), change.who())
                && is(filter.name(), change.name())
                // "config" means "config.save", too.
                && filter.action()
                        .filter(action -> !(change.action() + ".").startsWith(action + "."))
                        .isEmpty()
                && filter.since().filter(change.at()::isBefore).isEmpty()
                && filter.before().filter(at -> !change.at().isBefore(at)).isEmpty();
    }

    private static boolean is(Optional<String> wanted, String value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }

    private Instant oldest() {
        return clock.instant().minus(retention);
    }

    static String text(Change change) {
        return Json.text(
                Json.object()
                        .put("at", change.at().toEpochMilli())
                        .put("who", change.who())
                        .put("address", change.address())
                        .put("request", change.requestId())
                        .put("action", change.action())
                        .put("name", change.name())
                        .put("before", change.before())
                        .put("after", change.after())
                        .put("diff", change.diff()));
    }

    static Change change(String text) {
        JsonNode json;
        try {
            json = Json.read(text);
        } catch (JsonProcessingException e) {
            json = Json.object();
        }
        return new Change(
                Instant.ofEpochMilli(json.path("at").asLong()),
                json.path("who").asText(),
                json.path("address").asText(),
                json.path("request").asText(),
                json.path("action").asText(),
                json.path("name").asText(),
                json.path("before").asText(),
                json.path("after").asText(),
                json.path("diff").asText());
    }

    private static Entry entry(String id, String kept) {
        return new Entry(Long.parseLong(id), change(kept.substring(kept.indexOf('|') + 1)));
    }

    private List<String> run(String... arguments) throws StoreException {
        return SCRIPT.run(link, link.name(PART), List.of(arguments));
    }
}
