package io.magicproxy.plugin;

import java.io.IOException;
import java.util.Optional;

/** A folder that takes what was saved at another gateway, as if it were saved here by hand. */
public interface Intake {
    /** Something to do with the folder's files. */
    @FunctionalInterface
    interface Step {
        void run(Hands hands) throws IOException;
    }

    /** Reaches files of the folder, and nothing else. */
    interface Hands {
        /**
         * What stands there now.
         *
         * @throws IOException if no such file may be named, or it can't be read; the reason is for
         *     people
         */
        Optional<byte[]> read(String path) throws IOException;

        /** Durable when it returns; whoever reads the file sees the old text or the new one. */
        void write(String path, String text) throws IOException;

        /** Nothing if there is no such file. */
        void delete(String path) throws IOException;
    }

    /** Does it under the folder's lock: nobody sees or changes half of it. */
    void inOneStep(Step step) throws IOException;
}
