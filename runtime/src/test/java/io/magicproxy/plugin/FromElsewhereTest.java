package io.magicproxy.plugin;

import static io.magicproxy.plugin.FolderScene.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.plugin.FolderEditor.Outcome;
import io.magicproxy.plugin.FolderEditor.Refusal;
import io.magicproxy.sandbox.ScriptBundle;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts and versions that other gateways have saved, and may have been tampered with. */
class FromElsewhereTest {
    private static final Optional<String> ANY = Optional.of("*");

    @TempDir Path data;
    private Path folder;
    private PluginRegistry<String> registry;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(data.resolve("patterns"));
        registry =
                new PluginRegistry<>(
                        folder,
                        (_, bundle) -> bundle.source(),
                        new VersionStore(data.resolve("versions")),
                        InstantSource.system());
    }

    @Test
    void scripts_and_helpers_are_taken_as_if_they_were_saved_here() throws IOException {
        write(folder, "old.js", "1");
        registry.load();
        new FolderIntake(registry)
                .inOneStep(hands -> {
                    hands.write("a.js", "text");
                    hands.write("lib/deep/b.js", "helper");
                    hands.delete("old.js");
                    hands.delete("never.js");
                    assertThat(hands.read("old.js")).isEmpty();
                });
        registry.load();
        assertThat(registry.find("a").map(Plugin::value)).contains("text");
        assertThat(registry.find("old")).isEmpty();
        assertThat(folder.resolve("lib/deep/b.js")).hasContent("helper");
    }

    @Test
    void no_path_leads_out_of_the_folder_or_to_what_is_no_script() throws IOException {
        write(data, "outside/x.js", "theirs");
        Files.createSymbolicLink(folder.resolve("lib"), data.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("link.js"), data.resolve("outside/x.js"));
        for (String path :
                List.of(
                        "../outside/x.js",
                        "/etc/passwd.js",
                        "lib/x.js",
                        "lib/new.js",
                        "link.js",
                        ".hidden.js",
                        "a.env",
                        "a/../../outside/x.js",
                        "a//b.js",
                        "")) {
            assertThatThrownBy(() ->
                            new FolderIntake(registry)
                                    .inOneStep(hands -> hands.write(path, "evil")))
                    .as(path)
                    .isInstanceOf(FileSystemException.class);
            try {
                new FolderIntake(registry).inOneStep(hands -> hands.delete(path));
                assertThat(path).as("there is none to delete").isEqualTo("lib/new.js");
            } catch (FileSystemException e) {
                assertThat(e.getFile()).isEqualTo(path);
            }
        }
        assertThat(data.resolve("outside/x.js")).hasContent("theirs");
        assertThat(data.resolve("outside/new.js")).doesNotExist();
    }

    @Test
    void a_file_that_is_locked_is_changed_neither_from_here_nor_from_elsewhere()
            throws IOException {
        write(folder, "a.js", "1");
        Files.setPosixFilePermissions(
                folder.resolve("a.js"), PosixFilePermissions.fromString("r--r--r--"));
        registry.load();
        List<Sharing.Change> told = new ArrayList<>();
        Sharing sharing =
                changes -> {
                    told.addAll(changes);
                    return Optional.empty();
                };
        assertThat(new FolderEditor(registry, sharing).save("a.js", "2", ANY))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(Refusal.NOT_WRITABLE));
        assertThat(told).isEmpty();
        assertThatThrownBy(() ->
                        new FolderIntake(registry).inOneStep(hands -> hands.write("a.js", "2")))
                .hasMessageContaining("read-only");
        assertThat(folder.resolve("a.js")).hasContent("1");
    }

    @Test
    void nothing_is_changed_when_another_gateway_was_quicker() throws IOException {
        write(folder, "a.js", "1");
        registry.load();
        FolderEditor editor = new FolderEditor(registry, _ -> Optional.of("too late"));
        for (Outcome outcome :
                List.of(
                        editor.save("a.js", "2", ANY),
                        editor.save("b.js", "2", Optional.empty()),
                        editor.delete("a.js", Optional.empty()))) {
            assertThat(outcome).isEqualTo(new Outcome.Refused(Refusal.STALE, "too late"));
        }
        assertThat(folder.resolve("a.js")).hasContent("1");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a.js"));
        }
    }

    @Test
    void a_version_is_taken_only_if_it_is_what_was_asked_for_and_names_files_of_the_folder() {
        ScriptBundle good = ScriptBundle.of("a.js", "good");
        assertThat(from(good).find("a", good.hash()).map(Plugin::value)).contains("good");
        assertThat(from(good).find("a", good.hash().substring(0, 8))).isPresent();
        assertThat(from(good).sources("a", good.hash())).contains(good);
        assertThat(registry.history("a")).isEmpty();

        assertThat(from(ScriptBundle.of("a.js", "another")).find("a", good.hash())).isEmpty();
        assertThat(from(good).find("b", good.hash())).isEmpty();
        var files = new TreeMap<String, String>();
        files.put("a.js", "good");
        files.put("../evil.js", "evil");
        ScriptBundle evil = new ScriptBundle("a.js", files);
        assertThat(from(evil).find("a", evil.hash())).isEmpty();
        assertThat(from(good).find("../a", good.hash())).isEmpty();
    }

    private PluginRegistry<String> from(ScriptBundle bundle) {
        registry.share(
                new VersionArchive() {
                    @Override
                    public void kept(String name, ScriptBundle kept) {}

                    @Override
                    public Optional<ScriptBundle> find(String name, String version) {
                        return Optional.of(bundle);
                    }
                });
        return registry;
    }
}
