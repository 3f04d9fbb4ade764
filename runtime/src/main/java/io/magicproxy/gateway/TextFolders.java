package io.magicproxy.gateway;

import io.magicproxy.plugin.FolderWatcher;
import io.magicproxy.prompt.TextFolder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** The system prompts and manifests of two watched folders. */
public final class TextFolders implements AutoCloseable {
    private final TextFolder prompts;
    private final TextFolder manifests;
    private final FolderWatcher watcher;

    /** Reads both folders, and watches them from then on. */
    public TextFolders(Path prompts, Path manifests, InstantSource clock) {
        this.prompts = new TextFolder(prompts, clock);
        this.manifests = new TextFolder(manifests, clock);
        this.prompts.load();
        this.manifests.load();
        this.watcher = new FolderWatcher(List.of(this.prompts, this.manifests));
        watcher.start();
    }

    public TextFolder prompts() {
        return prompts;
    }

    public TextFolder manifests() {
        return manifests;
    }

    @Override
    public void close() {
        watcher.close();
    }
}
