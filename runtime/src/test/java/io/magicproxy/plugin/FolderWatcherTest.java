package io.magicproxy.plugin;

import static io.magicproxy.plugin.FolderScene.until;
import static io.magicproxy.plugin.FolderScene.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The eyes on a folder, which use nothing but what every file system has: names, sizes, times,
 * contents.
 */
class FolderWatcherTest {
    private final Path data;
    private final Path folder;
    private final List<String> loads = new CopyOnWriteArrayList<>();
    private final PluginRegistry<String> registry;
    private final FolderWatcher watcher;

    FolderWatcherTest(@TempDir Path data) throws IOException {
        this.data = data;
        folder = Files.createDirectory(data.resolve("patterns"));
        registry =
                new PluginRegistry<>(
                        folder,
                        (name, bundle) -> {
                            loads.add(bundle.source());
                            return bundle.source();
                        },
                        new VersionStore(data.resolve("versions")),
                        InstantSource.system());
        watcher = new FolderWatcher(List.of(registry));
        watcher.start();
    }

    @AfterEach
    void stop() {
        watcher.close();
    }

    @Test
    void saves_renames_and_deletions_are_seen_without_any_help() throws IOException {
        write(folder, "a.js", "one");
        serves("a", "one");
        Files.move(folder.resolve("a.js"), folder.resolve("b.js"));
        serves("b", "one");
        until("a is gone", () -> registry.find("a").isEmpty());
        Files.delete(folder.resolve("b.js"));
        until("b is gone", () -> registry.find("b").isEmpty());
    }

    @Test
    void an_editor_that_saves_by_rename_never_makes_the_plugin_vanish() throws IOException {
        write(folder, "a.js", "version 0");
        serves("a", "version 0");
        List<LoadReport> told = new CopyOnWriteArrayList<>();
        registry.onChange(told::add);
        for (int i = 1; i <= 5; i++) {
            // As vim does: the old file away, the new one in its place.
            Files.move(
                    folder.resolve("a.js"),
                    folder.resolve("a.js~"),
                    StandardCopyOption.REPLACE_EXISTING);
            write(folder, "a.js", "version " + i);
            // As others do: a temporary file moved onto it.
            write(folder, ".a.js.swp", "version " + i + "b");
            Files.move(
                    folder.resolve(".a.js.swp"),
                    folder.resolve("a.js"),
                    StandardCopyOption.ATOMIC_MOVE);
            serves("a", "version " + i + "b");
        }
        assertThat(told).extracting(LoadReport::serving).allMatch(version -> version.isPresent());
    }

    @Test
    void a_burst_of_saves_ends_in_the_last_one_and_loads_few() {
        for (int i = 1; i <= 300; i++) {
            write(folder, "a.js", "save " + i);
        }
        serves("a", "save 300");
        assertThat(loads).hasSizeLessThan(100);
    }

    @Test
    void a_folder_that_comes_later_is_seen_when_it_comes() throws IOException {
        Files.delete(folder);
        write(data, "fresh/a.js", "one");
        Files.move(data.resolve("fresh"), folder);
        serves("a", "one");
    }

    private void serves(String name, String text) {
        until(
                name + " serves " + text,
                () -> registry.find(name).filter(p -> p.value().equals(text)).isPresent());
    }
}
