package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Scored;
import io.magicproxy.store.session.KeptNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;
import org.redisson.codec.CompositeCodec;

/**
 * Bytes by their SHA-256, each in a slot of its own. A run uses those that its texts name, which is
 * said here before those are written. What was kept and not named since may be about to be named,
 * and is removed by age only.
 */
final class KeptBytes {
    private static final LuaScript SCRIPT = new LuaScript("journal-kept.lua");
    private static final CompositeCodec FIELDS =
            new CompositeCodec(StringCodec.INSTANCE, ByteArrayCodec.INSTANCE);
    private static final int REMEMBERED = 2_000;
    private static final int PAGE = 200;

    private final RedisLink link;
    private final JournalIndex index;

    /** By run, what it is known to use. */
    private final Recent<Set<String>> used = new Recent<>(REMEMBERED);

    KeptBytes(RedisLink link, JournalIndex index) {
        this.link = link;
        this.index = index;
    }

    private String key(String name) {
        return link.name("b:" + name);
    }

    String keep(byte[] content, Instant now) throws StoreException {
        String name = KeptNames.of(content);
        List<String> keep = List.of("keep", Times.text(now));
        // Mostly it is there, and needn't be sent.
        if (SCRIPT.run(link, key(name), keep).getFirst().equals("no")) {
            index.keeping(name, now);
            SCRIPT.run(link, key(name), keep, content);
        }
        return name;
    }

    Optional<byte[]> kept(String name) throws StoreException {
        return link.call(redis ->
                Optional.ofNullable(redis.<String, byte[]>getMap(key(name), FIELDS).get("c")));
    }

    /**
     * Says that the run uses those of the names that are of something kept.
     *
     * @return those of which that wasn't known before
     */
    List<String> use(String runId, Set<String> names) throws StoreException {
        if (names.isEmpty()) {
            return List.of();
        }
        Set<String> known = used.get(runId).orElse(Set.of());
        List<String> asked = names.stream().filter(name -> !known.contains(name)).toList();
        List<List<String>> told = atAll(asked, List.of("use", runId));
        List<String> news = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (told.get(i).getFirst().equals("used")) {
                news.add(asked.get(i));
            }
        }
        return news;
    }

    /** The run's texts with these names are written: no need to say so again. */
    void remember(String runId, Collection<String> names) {
        if (!names.isEmpty()) {
            used.get(runId, ConcurrentHashMap::newKeySet).addAll(names);
        }
    }

    /** The runs are gone for good, and what only they used goes too. */
    void leave(Map<String, List<String>> namesByRun) throws StoreException {
        Map<String, List<String>> runsByName = new HashMap<>();
        namesByRun.forEach((run, names) -> {
            used.remove(run);
            names.forEach(
                    name -> runsByName.computeIfAbsent(name, n -> new ArrayList<>()).add(run));
        });
        for (Map.Entry<String, List<String>> one : runsByName.entrySet()) {
            tell("leave", one.getKey(), one.getValue());
        }
    }

    /** The run has never named them after all. */
    void disown(String runId, List<String> names) throws StoreException {
        used.remove(runId);
        atAll(names, List.of("disown", runId));
    }

    /** Removes those that nobody uses and that were last kept by then. */
    void expire(Instant before) throws StoreException {
        int stay = 0;
        for (List<Scored> page = index.oldestKept(before, stay, PAGE);
                !page.isEmpty();
                page = index.oldestKept(before, stay, PAGE)) {
            for (Scored kept : page) {
                stay += expire(kept, before) ? 0 : 1;
            }
        }
    }

    /** False if it stays where it is. */
    private boolean expire(Scored kept, Instant before) throws StoreException {
        while (true) {
            List<String> told = SCRIPT.run(link, key(kept.name()), "expire", Times.text(before));
            switch (told.getFirst()) {
                case "gone" -> {
                    index.dropKept(kept);
                    return true;
                }
                case "kept" -> {
                    Instant at = Times.instant(told.get(1));
                    index.keptAt(kept, at);
                    return Times.micros(at) > Times.micros(before);
                }
                default -> {
                    List<String> users = told.subList(1, told.size());
                    List<String> ghosts = index.unknown(users);
                    if (!ghosts.isEmpty()) {
                        tell("disown", kept.name(), ghosts);
                    }
                    if (ghosts.size() < users.size()) {
                        return false;
                    }
                }
            }
        }
    }

    private void tell(String what, String name, List<String> runs) throws StoreException {
        List<String> arguments = new ArrayList<>(List.of(what));
        arguments.addAll(runs);
        SCRIPT.run(link, key(name), arguments);
    }

    private List<List<String>> atAll(List<String> names, List<String> arguments)
            throws StoreException {
        return names.isEmpty()
                ? List.of()
                : SCRIPT.runAtAll(link, names.stream().map(this::key).toList(), arguments);
    }
}
