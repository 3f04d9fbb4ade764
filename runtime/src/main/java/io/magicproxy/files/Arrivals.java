package io.magicproxy.files;

import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.Intake.Hands;
import io.magicproxy.plugin.WholeFile;
import io.magicproxy.store.SavedFiles.Content;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SavedFiles.Place;
import io.magicproxy.store.SavedFiles.Save;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Writes what others have saved into this gateway's own folders. */
final class Arrivals {
    private static final Logger LOG = System.getLogger(Arrivals.class.getName());

    private final Map<Kind, Intake> folders;
    private final Memory memory;
    private final Replaced replaced;

    /** Numbers of this process's own saves: what is older must not come in their place. */
    private final Map<Place, Long> own = new ConcurrentHashMap<>();

    /** Files that are newer here than any save, as far as can be known. */
    private final Set<String> kept = ConcurrentHashMap.newKeySet();

    /**
     * @param folders a kind that isn't among them is not this gateway's
     */
    Arrivals(Map<Kind, Intake> folders, Memory memory, Replaced replaced) {
        this.folders = folders;
        this.memory = memory;
        this.replaced = replaced;
    }

    void saved(Place place, long seq) {
        own.put(place, seq);
        kept.remove(place.shown());
    }

    /** The store counts anew. */
    void anew() {
        own.clear();
    }

    /** Files that this gateway keeps in place of the shared ones. */
    Set<String> kept() {
        return new TreeSet<>(kept);
    }

    /** Those of one kind together: a script and its helpers are not seen apart. */
    void take(List<Save> saves) {
        Map<Kind, List<Save>> byKind = new EnumMap<>(Kind.class);
        saves.forEach(save ->
                byKind.computeIfAbsent(save.place().kind(), _ -> new ArrayList<>()).add(save));
        byKind.forEach(this::take);
    }

    private void take(Kind kind, List<Save> saves) {
        Intake folder = folders.get(kind);
        if (folder == null) {
            return;
        }
        try {
            folder.inOneStep(hands -> saves.forEach(save -> take(hands, save)));
        } catch (IOException e) {
            saves.forEach(save -> failed(save.place(), e));
        }
    }

    private void take(Hands hands, Save save) {
        Place place = save.place();
        try {
            if (own.getOrDefault(place, 0L) <= save.seq()) {
                decide(hands, save);
            }
            memory.written(place);
        } catch (IOException e) {
            failed(place, e);
        } catch (UnsupportedOperationException e) {
            // Read-only file systems throw a kind of this.
            failed(place, new FileSystemException(place.path(), null, "it is read-only"));
        }
    }

    private void decide(Hands hands, Save save) throws IOException {
        Place place = save.place();
        Optional<byte[]> here = hands.read(place.path());
        Optional<String> version = here.map(WholeFile::version);
        if (version.equals(save.content().map(Content::version))) {
            memory.told(place);
            kept.remove(place.shown());
            return;
        }
        Optional<String> untold = memory.untold().getOrDefault(place, Optional.empty());
        boolean saidHere = memory.untold().containsKey(place);
        if (save.seq() <= memory.read().since() && !knows(save, saidHere ? untold : version)) {
            keep(place, version);
            return;
        }
        if (saidHere || !knows(save, version)) {
            here.ifPresent(content -> replace(place, content, saidHere));
        }
        memory.told(place);
        kept.remove(place.shown());
        if (save.content().isPresent()) {
            hands.write(place.path(), save.content().get().text());
        } else {
            hands.delete(place.path());
        }
        LOG.log(
                Level.INFO,
                "{0}: another gateway''s save is taken, {1} -> {2}",
                place.shown(),
                version.orElse("-"),
                save.content().map(Content::version).orElse("-"));
    }

    /** Whether that version is one of those on the way to the save. No file stands in no way. */
    private static boolean knows(Save save, Optional<String> version) {
        return version.isEmpty()
                || save.earlier().contains(version.get())
                || version.equals(save.content().map(Content::version));
    }

    private void keep(Place place, Optional<String> version) {
        if (kept.add(place.shown())) {
            LOG.log(
                    Level.WARNING,
                    "{0}: the file here, version {1}, comes from none of those that were saved through the gateways, and is kept; save it through any gateway''s page to have it everywhere, or put the file here in its place that the others have",
                    place.shown(),
                    version.orElse("-"));
        }
    }

    private void replace(Place place, byte[] content, boolean saidHere) {
        String copy = replaced.keep(place, content);
        if (saidHere) {
            LOG.log(
                    Level.WARNING,
                    "{0} was saved here while the shared store was away, and at another gateway too; the other''s save counts; {1}: save it again if it is the one that you want",
                    place.shown(),
                    copy);
        } else {
            LOG.log(
                    Level.WARNING,
                    "{0} was changed on this machine alone, and has been saved at another gateway since; that save counts; {1}",
                    place.shown(),
                    copy);
        }
    }

    private void failed(Place place, IOException e) {
        String why =
                e instanceof FileSystemException system && system.getReason() != null
                        ? system.getReason()
                        : e.toString();
        if (memory.unwritten(place, why)) {
            LOG.log(
                    Level.WARNING,
                    "{0} was saved at another gateway and can''t be written here: {1}; it is tried again, and /health shows it until then",
                    place.shown(),
                    why);
        }
    }
}
