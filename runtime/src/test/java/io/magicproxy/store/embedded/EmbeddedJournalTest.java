package io.magicproxy.store.embedded;

import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.JournalContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedJournalTest extends JournalContract {
    @TempDir private Path path;
    private final Opening opening = new Opening();

    @Override
    protected Journal open(InstantSource clock) throws Exception {
        return new EmbeddedJournal(opening.anew(path), clock);
    }

    @AfterEach
    void close() throws Exception {
        opening.close();
    }
}
