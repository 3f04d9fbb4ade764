package io.magicproxy.store.embedded;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Puts values into the folder it is given, and says each name once it is kept; never ends. */
final class KeepsWriting {
    private KeepsWriting() {}

    public static void main(String[] args) throws Exception {
        try (DataFolder folder = DataFolder.open(Path.of(args[0]));
                EmbeddedDatabase database = EmbeddedDatabase.open(folder)) {
            var state = new EmbeddedSharedState(database, InstantSource.system());
            Thread second = new Thread(() -> write(state, "b"));
            second.start();
            write(state, "a");
        }
    }

    private static void write(EmbeddedSharedState state, String writer) {
        try {
            for (int i = 0; true; i++) {
                String name = writer + "/" + i;
                state.put(name, "value of " + name, Optional.empty());
                System.out.println(name);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
