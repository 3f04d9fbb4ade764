package io.magicproxy.plugin;

import java.nio.file.Path;

/** A folder that is looked at again and again, by one thread. */
public interface WatchedFolder {
    Path folder();

    /**
     * Looks at the folder. A change is taken when two looks agree, so that no half-written file is
     * read.
     *
     * @return whether a change waits for its second look
     */
    boolean look();
}
