package io.magicproxy.files;

import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.plugin.VersionArchive;
import io.magicproxy.plugin.WholeFile;
import io.magicproxy.store.SavedFiles;
import io.magicproxy.store.SavedFiles.Change;
import io.magicproxy.store.SavedFiles.Content;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SavedFiles.News;
import io.magicproxy.store.SavedFiles.Outcome;
import io.magicproxy.store.SavedFiles.Place;
import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells the other gateways what is saved at this one, and takes what is saved at them.
 *
 * <p>A save is told just before it is written: a gateway that dies in between finds it among the
 * news when it is back. While the store is away it is written all the same, and told later.
 */
public final class SharedFiles implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SharedFiles.class.getName());
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final int PAGE = 50;

    /** Looks between two tries to write what could not be written. */
    private static final int PATIENCE = 20;

    private final SavedFiles store;
    private final Map<Kind, Intake> folders;
    private final Memory memory;
    private final Arrivals arrivals;
    private final SharedVersions versions;
    private final Semaphore bell = new Semaphore(0);
    private final Thread reader;
    private volatile boolean closed;
    private int looks;

    /**
     * What it shares with the others.
     *
     * @param files what is saved
     * @param versions of scripts
     */
    public record Shared(SavedFiles files, SavedVersions versions) {}

    /**
     * What is its own.
     *
     * @param folders where files of each kind belong; a kind that isn't among them is left out
     * @param memory lasts as long as those folders, and is no other gateway's
     * @param replaced for copies of what was saved here alone
     */
    public record Own(Map<Kind, Intake> folders, SharedState memory, Path replaced) {}

    /** How it stands, each file as {@code pattern/plan.js}. */
    public record Status(
            long seq, Set<String> untold, Map<String, String> unwritten, Set<String> kept) {}

    public SharedFiles(Shared shared, Own own) {
        this.store = shared.files();
        this.folders = Map.copyOf(own.folders());
        this.memory = new Memory(own.memory());
        this.arrivals = new Arrivals(folders, memory, new Replaced(own.replaced()));
        this.versions = new SharedVersions(shared.versions());
        this.reader = Thread.ofVirtual().name("shared-files").unstarted(this::read);
    }

    /** Takes what there is, and from then on what comes. */
    public void start() {
        look();
        reader.start();
    }

    /** For those who save files of that kind. */
    public Sharing of(Kind kind) {
        return changes -> tell(kind, changes);
    }

    /** For those who keep versions of scripts of that kind. */
    public VersionArchive versions(Kind kind) {
        return versions.of(kind);
    }

    public Status status() {
        Set<String> untold = new TreeSet<>();
        memory.untold().keySet().forEach(place -> untold.add(place.shown()));
        Map<String, String> unwritten = new TreeMap<>();
        memory.unwritten().forEach((place, why) -> unwritten.put(place.shown(), why));
        return new Status(memory.read().upTo().seq(), untold, unwritten, arrivals.kept());
    }

    // ------------------------------------------------------------------ saved here

    /** Under the folder's lock. */
    private Optional<String> tell(Kind kind, List<Sharing.Change> changes) {
        List<Change> all =
                changes.stream()
                        .map(change ->
                                change(
                                        new Place(kind, change.path()),
                                        change.replaced(),
                                        change.text()))
                        .toList();
        try {
            return switch (store.save(all, memory.read().upTo())) {
                case Outcome.Stale(Place place) -> {
                    bell.release();
                    yield Optional.of(
                            "another gateway has saved \""
                                    + place.path()
                                    + "\" meanwhile; it arrives here within a second or two: read it again then, and repeat your change");
                }
                case Outcome.Done(long seq) -> {
                    all.forEach(change -> told(change.place(), seq));
                    yield Optional.empty();
                }
            };
        } catch (StoreException e) {
            all.forEach(change -> memory.untold(change.place(), change.replaced()));
            LOG.log(
                    Level.WARNING,
                    "{0} is saved here alone, and told to the other gateways later: {1}",
                    String.join(", ", all.stream().map(c -> c.place().shown()).toList()),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static Change change(Place place, Optional<String> replaced, Optional<String> text) {
        return new Change(
                place,
                replaced,
                text.map(t ->
                        new Content(t, WholeFile.version(t.getBytes(StandardCharsets.UTF_8)))));
    }

    private void told(Place place, long seq) {
        arrivals.saved(place, seq);
        memory.told(place);
        memory.written(place);
    }

    // ------------------------------------------------------------------ saved elsewhere

    private void read() {
        try {
            while (!closed) {
                if (bell.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    bell.drainPermits();
                }
                if (!closed) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            takeNews();
            tellUntold();
            if (++looks % PATIENCE == 1) {
                tryAgain();
            }
            versions.tell();
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "shared files can''t be read: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "shared files could not be taken", e);
        }
    }

    private void takeNews() throws StoreException {
        while (true) {
            switch (store.after(memory.read().upTo(), PAGE)) {
                case News.Nothing _ -> {
                    return;
                }
                case News.Anew(var from, long head) -> {
                    arrivals.anew();
                    memory.read(new Memory.Read(from, head));
                    versions.tellAgain();
                }
                case News.Some(var saves, var upTo) -> {
                    arrivals.take(saves);
                    memory.read(upTo);
                }
            }
        }
    }

    private void tellUntold() throws StoreException {
        for (Map.Entry<Place, Optional<String>> one : memory.untold().entrySet()) {
            Intake folder = folders.get(one.getKey().kind());
            if (folder == null) {
                memory.told(one.getKey());
                continue;
            }
            List<StoreException> away = new ArrayList<>();
            try {
                folder.inOneStep(hands -> {
                    try {
                        tellUntold(hands, one.getKey(), one.getValue());
                    } catch (StoreException e) {
                        away.add(e);
                    }
                });
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "{0} can''t be read, and so not told to the other gateways: {1}",
                        one.getKey().shown(),
                        e.toString());
            }
            if (!away.isEmpty()) {
                throw away.getFirst();
            }
        }
    }

    private void tellUntold(Intake.Hands hands, Place place, Optional<String> replaced)
            throws IOException, StoreException {
        Optional<String> now =
                hands.read(place.path()).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        Change change = change(place, replaced, now);
        if (change.content().map(Content::version).equals(replaced)) {
            // It was never written, or put back.
            memory.told(place);
            return;
        }
        switch (store.save(List.of(change), memory.read().upTo())) {
            case Outcome.Done(long seq) -> {
                told(place, seq);
                LOG.log(Level.INFO, "{0} is told to the other gateways", place.shown());
            }
            // The next look finds the other's save.
            case Outcome.Stale _ -> bell.release();
        }
    }

    private void tryAgain() throws StoreException {
        for (Place place : memory.unwritten().keySet()) {
            Optional<SavedFiles.Save> latest = store.latest(place);
            if (latest.isPresent()) {
                arrivals.take(List.of(latest.get()));
            } else {
                memory.written(place);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        bell.release();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
