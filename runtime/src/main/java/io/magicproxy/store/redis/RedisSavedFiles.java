package io.magicproxy.store.redis;

import io.magicproxy.store.SavedFiles;
import io.magicproxy.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.redisson.client.codec.StringCodec;

/** Saved files in Redis: each method is one run of {@code saved_files.lua}, or one small read. */
public final class RedisSavedFiles implements SavedFiles {
    private static final LuaScript SCRIPT = new LuaScript("saved_files.lua");
    private static final String PART = "files";
    private static final String ABSENT = "-";

    /** Of an entry as the script tells it: seq, id, version, time, earlier versions. */
    private static final int FIELDS = 5;

    private final RedisLink link;

    public RedisSavedFiles(RedisLink link) {
        this.link = link;
    }

    @Override
    public Outcome save(List<Change> changes, Position known) throws StoreException {
        List<String> arguments = new ArrayList<>();
        arguments.add(known.epoch());
        arguments.add(Long.toString(known.seq()));
        for (Change change : changes) {
            arguments.add(change.place().shown());
            arguments.add(change.replaced().orElse(ABSENT));
            arguments.add(change.content().map(Content::version).orElse(ABSENT));
            arguments.add(change.content().map(Content::text).orElse(""));
            arguments.add(UUID.randomUUID().toString());
        }
        List<String> told = run("save", arguments);
        if (told.getFirst().equals("done")) {
            return new Outcome.Done(Long.parseLong(told.get(1)));
        }
        return new Outcome.Stale(
                changes.stream()
                        .map(Change::place)
                        .filter(place -> place.shown().equals(told.get(1)))
                        .findFirst()
                        .orElseThrow());
    }

    @Override
    public News after(Position position, int limit) throws StoreException {
        if (!position.epoch().isEmpty() && position.equals(head())) {
            return new News.Nothing();
        }
        List<String> told =
                run(
                        "news",
                        List.of(
                                position.epoch(),
                                Long.toString(position.seq()),
                                position.id(),
                                Integer.toString(limit)));
        String epoch = told.get(1);
        if (told.getFirst().equals("anew")) {
            return new News.Anew(new Position(epoch, 0, ""), Long.parseLong(told.get(2)));
        }
        List<Save> saves = new ArrayList<>();
        Position upTo = position;
        for (int i = 2; i < told.size(); i += 3) {
            String[] entry = told.get(i + 1).split("\\|", FIELDS);
            upTo = new Position(epoch, Long.parseLong(entry[0]), entry[1]);
            read(told.get(i), entry, told.get(i + 2)).ifPresent(saves::add);
        }
        return upTo.equals(position) ? new News.Nothing() : new News.Some(saves, upTo);
    }

    @Override
    public Optional<Save> latest(Place place) throws StoreException {
        List<String> told = run("latest", List.of(place.shown()));
        return told.isEmpty()
                ? Optional.empty()
                : read(place.shown(), told.get(0).split("\\|", FIELDS), told.get(1));
    }

    /** The one command that is asked again and again. */
    private Position head() throws StoreException {
        Map<String, String> head =
                link.call(redis ->
                        redis.<String, String>getMap(link.name(PART), StringCodec.INSTANCE)
                                .getAll(Set.of("epoch", "seq", "id")));
        return new Position(
                head.getOrDefault("epoch", ""),
                Long.parseLong(head.getOrDefault("seq", "0")),
                head.getOrDefault("id", ""));
    }

    /** Nothing for a kind that a later gateway has written. */
    private static Optional<Save> read(String member, String[] entry, String text) {
        return place(member)
                .map(place ->
                        new Save(
                                place,
                                Long.parseLong(entry[0]),
                                entry[2].equals(ABSENT)
                                        ? Optional.empty()
                                        : Optional.of(new Content(text, entry[2])),
                                Arrays.stream(entry[4].split(","))
                                        .filter(version -> !version.equals(ABSENT))
                                        .collect(Collectors.toSet()),
                                Instant.ofEpochMilli(Long.parseLong(entry[3]))));
    }

    private static Optional<Place> place(String member) {
        int slash = member.indexOf('/');
        return Arrays.stream(Kind.values())
                .filter(kind -> slash > 0 && kind.wire().equals(member.substring(0, slash)))
                .findFirst()
                .map(kind -> new Place(kind, member.substring(slash + 1)));
    }

    private List<String> run(String what, List<String> arguments) throws StoreException {
        List<String> all = new ArrayList<>(List.of(what, UUID.randomUUID().toString()));
        all.addAll(arguments);
        return SCRIPT.run(link, link.name(PART), all);
    }
}
