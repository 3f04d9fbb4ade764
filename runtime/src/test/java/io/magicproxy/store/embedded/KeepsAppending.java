package io.magicproxy.store.embedded;

import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal.Appended;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Appends to one session with several threads, in the folder it is given, and says each event's key
 * once it is written; never ends.
 */
final class KeepsAppending {
    private KeepsAppending() {}

    public static void main(String[] args) throws Exception {
        try (DataFolder folder = DataFolder.open(Path.of(args[0]));
                EmbeddedDatabase database = EmbeddedDatabase.open(folder)) {
            var journal = new EmbeddedJournal(database, InstantSource.system());
            journal.open(Drafts.run("r1", "s1"));
            long epoch = journal.claim("r1", "worker").orElseThrow();
            for (int i = 0; i < 7; i++) {
                String writer = args[1] + "." + i;
                new Thread(() -> write(journal, epoch, writer)).start();
            }
            write(journal, epoch, args[1] + ".main");
        }
    }

    private static void write(EmbeddedJournal journal, long epoch, String writer) {
        try {
            for (int i = 0; true; i++) {
                String key = writer + "/" + i;
                Appended appended =
                        journal.append(
                                "r1",
                                epoch,
                                Drafts.batch(List.of(key), List.of(key), Optional.empty()));
                if (appended instanceof Appended.Done done) {
                    System.out.println(done.lastSeq() + " " + key);
                } else {
                    throw new IllegalStateException("refused: " + appended);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
