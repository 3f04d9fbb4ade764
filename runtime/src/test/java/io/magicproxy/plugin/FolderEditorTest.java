package io.magicproxy.plugin;

import static io.magicproxy.plugin.FolderScene.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.plugin.FolderEditor.Outcome;
import io.magicproxy.plugin.FolderEditor.Refusal;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HTTP can't show: links, file systems that can't be written, hosts that are lost. */
class FolderEditorTest {
    private static final Optional<String> ANY = Optional.of("*");

    @TempDir Path data;

    @Test
    void a_read_only_folder_is_refused_with_the_reason_and_the_remedy() throws IOException {
        URI zip = URI.create("jar:" + data.resolve("scripts.zip").toUri());
        try (FileSystem writable = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Files.createDirectory(writable.getPath("/scripts"));
            Files.writeString(writable.getPath("/scripts/a.js"), "1");
        }
        try (FileSystem readOnly =
                FileSystems.newFileSystem(zip, Map.of("accessMode", "readOnly"))) {
            var registry = open(readOnly.getPath("/scripts"));
            var editor = new FolderEditor(registry);

            for (Outcome outcome :
                    new Outcome[] {
                        editor.save("a.js", "2", ANY),
                        editor.save("b.js", "2", Optional.empty()),
                        editor.delete("a.js", Optional.empty())
                    }) {
                assertThat(refused(outcome, Refusal.NOT_WRITABLE))
                        .contains("read-only", "change the files where they come from");
            }
            assertThat(registry.find("a")).map(Plugin::value).contains("1");
        }
    }

    @Test
    void nothing_is_written_through_a_link_out_of_the_folder() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(data, "outside/x.js", "1");
        Files.createSymbolicLink(folder.resolve("lib"), data.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("a.js"), data.resolve("outside/x.js"));
        var editor = new FolderEditor(open(folder));

        for (String path : new String[] {"lib/x.js", "lib/deep/y.js", "a.js"}) {
            assertThat(refused(editor.save(path, "2", version(folder, path)), Refusal.NOT_WRITABLE))
                    .contains("link out of the folder");
        }
        assertThat(data.resolve("outside")).isDirectoryContaining("glob:**x.js");
        assertThat(data.resolve("outside/deep")).doesNotExist();
        assertThat(data.resolve("outside/x.js")).hasContent("1");
    }

    @Test
    void a_link_inside_of_the_folder_stays_one() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(folder, "_real.js", "1");
        Files.createSymbolicLink(folder.resolve("a.js"), Path.of("_real.js"));
        var registry = open(folder);

        assertThat(new FolderEditor(registry).save("a.js", "2", ANY))
                .isInstanceOf(Outcome.Done.class);
        assertThat(folder.resolve("a.js")).isSymbolicLink().hasContent("2");
        assertThat(registry.find("a")).map(Plugin::value).contains("2");
    }

    @Test
    void a_script_that_could_not_be_checked_is_not_written() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(folder, "a.js", "1");
        var editor = new FolderEditor(open(folder));

        assertThat(refused(editor.save("a.js", "lost", ANY), Refusal.TRY_AGAIN))
                .contains("try again");
        assertThat(folder.resolve("a.js")).hasContent("1");
    }

    @Test
    void an_importer_that_is_broken_anyway_keeps_nobody_from_saving_a_helper() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(folder, "a.js", "broken import './_h.js'");
        write(folder, "b.js", "import './_h.js'");
        write(folder, "_h.js", "1");
        var editor = new FolderEditor(open(folder));

        assertThat(editor.save("_h.js", "2", ANY)).isInstanceOf(Outcome.Done.class);
        assertThat(editor.save("a.js", "broken", ANY)).isInstanceOf(Outcome.Invalid.class);
    }

    @Test
    void a_rollback_to_another_language_takes_the_other_file_away() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(folder, "a.js", "in js");
        var registry = open(folder);
        String js = registry.find("a").orElseThrow().version();
        Files.delete(folder.resolve("a.js"));
        write(folder, "a.py", "in py");
        registry.load();
        String py = registry.find("a").orElseThrow().version();
        var editor = new FolderEditor(registry);

        assertThat(editor.rollBack("a", js, Optional.of(py), false))
                .isInstanceOf(Outcome.Done.class);
        assertThat(registry.find("a")).map(Plugin::version).contains(js);
        assertThat(folder.resolve("a.py")).doesNotExist();
        assertThat(refused(editor.rollBack("a", py, Optional.of(py), false), Refusal.STALE))
                .contains(js);
        assertThat(editor.rollBack("a", py, Optional.empty(), false))
                .isInstanceOf(Outcome.Done.class);
        assertThat(registry.find("a")).map(Plugin::value).contains("in py");
    }

    @Test
    void a_new_file_can_be_read_by_those_who_read_its_neighbours() throws IOException {
        Path folder = Files.createDirectory(data.resolve("patterns"));
        write(folder, "a.js", "1");
        new FolderEditor(open(folder)).save("b.js", "1", Optional.empty());

        assertThat(Files.getPosixFilePermissions(folder.resolve("b.js")))
                .isEqualTo(Files.getPosixFilePermissions(folder.resolve("a.js")));
        Files.setPosixFilePermissions(
                folder.resolve("b.js"), PosixFilePermissions.fromString("rw-rw----"));
        new FolderEditor(open(folder)).save("b.js", "2", ANY);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("b.js"))))
                .isEqualTo("rw-rw----");
    }

    private PluginRegistry<String> open(Path folder) {
        var registry =
                new PluginRegistry<>(
                        folder,
                        (name, bundle) -> {
                            if (bundle.source().equals("lost")) {
                                throw new ScriptException(new ScriptFailure.HostLost("gone"));
                            }
                            if (bundle.source().startsWith("broken")) {
                                throw new ScriptException(
                                        new ScriptFailure.Denied("no", Optional.empty()));
                            }
                            return bundle.source();
                        },
                        new VersionStore(data.resolve("versions")),
                        InstantSource.system());
        registry.load();
        return registry;
    }

    private static Optional<String> version(Path folder, String path) {
        return Files.exists(folder.resolve(path)) && !path.contains("/") ? ANY : Optional.empty();
    }

    private static String refused(Outcome outcome, Refusal why) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        var refused = (Outcome.Refused) outcome;
        assertThat(refused.why()).as(refused.message()).isEqualTo(why);
        return refused.message();
    }
}
