package io.magicproxy.plugin;

import static io.magicproxy.plugin.FolderScene.settle;
import static io.magicproxy.plugin.FolderScene.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a loader that takes every text but those that say how they fail. */
class PluginRegistryTest {
    private final Path data;
    private final Path folder;
    private final List<LoadReport> told = new ArrayList<>();
    private final List<String> loads = new ArrayList<>();
    private PluginRegistry<String> registry;
    private boolean hostIsThere = true;
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");

    PluginRegistryTest(@TempDir Path data) throws IOException {
        this.data = data;
        folder = Files.createDirectory(data.resolve("patterns"));
        registry = open(folder);
    }

    @Test
    void helpers_are_no_plugins() {
        write(folder, "a.js", "1");
        write(folder, "b.mjs", "1");
        write(folder, "c.py", "1");
        write(folder, "_helper.js", "1");
        write(folder, "lib/d.js", "1");
        write(folder, ".#a.js", "1");
        write(folder, "node_modules/e.js", "1");
        write(folder, "notes.md", "1");
        settle(registry);
        assertThat(registry.all().keySet()).containsExactly("a", "b", "c");
    }

    @Test
    void a_missing_folder_is_an_empty_one_until_it_is_there() throws IOException {
        Files.delete(folder);
        settle(registry);
        assertThat(registry.all()).isEmpty();
        Files.createDirectory(folder);
        write(folder, "a.js", "1");
        settle(registry);
        assertThat(registry.find("a")).isPresent();
    }

    @Test
    void a_broken_save_changes_nothing_and_is_reported_once() {
        write(folder, "a.js", "good");
        settle(registry);
        String version = serving("a");
        write(folder, "a.js", "broken");
        settle(registry);
        settle(registry);
        assertThat(serving("a")).isEqualTo(version);
        LoadReport report = report("a");
        assertThat(report.serving()).contains(version);
        assertThat(report.failure().flatMap(Failures::place)).contains(new Place("a.js", 3, 7));
        assertThat(report.failure()).map(Failures::text).contains("a.js:3:7 it is broken");
        assertThat(loads).containsExactly("good", "broken");
        write(folder, "a.js", "good");
        settle(registry);
        assertThat(report("a").failure()).isEmpty();
        assertThat(loads).containsExactly("good", "broken");
        write(folder, "a.js", "better");
        settle(registry);
        assertThat(serving("a")).isNotEqualTo(version);
    }

    @Test
    void a_file_that_never_loaded_serves_nothing_and_its_end_is_told() throws IOException {
        write(folder, "a.js", "broken");
        settle(registry);
        assertThat(registry.find("a")).isEmpty();
        assertThat(report("a").serving()).isEmpty();
        Files.delete(folder.resolve("a.js"));
        settle(registry);
        assertThat(registry.reports()).isEmpty();
        assertThat(told).last().satisfies(r -> assertThat(r.failure()).isEmpty());
        write(folder, "a.js", "broken");
        settle(registry);
        assertThat(report("a").failure()).isPresent();
    }

    @Test
    void a_helper_makes_a_new_version_of_each_importer_and_of_no_other() {
        write(folder, "a.js", "import './_h.js'");
        write(folder, "b.js", "import './lib/deep.js'");
        write(folder, "c.js", "export const c = 1");
        write(folder, "lib/deep.js", "import '../_h.js'");
        write(folder, "_h.js", "export const h = 1");
        settle(registry);
        List<String> before = List.of(serving("a"), serving("b"), serving("c"));
        write(folder, "_h.js", "export const h = 2");
        settle(registry);
        assertThat(serving("a")).isNotEqualTo(before.get(0));
        assertThat(serving("b")).isNotEqualTo(before.get(1));
        assertThat(serving("c")).isEqualTo(before.get(2));
        assertThat(find("b").bundle().files()).containsKeys("b.js", "lib/deep.js", "_h.js");
    }

    @Test
    void a_rename_moves_the_plugin_and_a_deletion_ends_it() throws IOException {
        write(folder, "a.js", "1");
        settle(registry);
        Files.move(folder.resolve("a.js"), folder.resolve("b.js"));
        settle(registry);
        assertThat(registry.all().keySet()).containsExactly("b");
        Files.delete(folder.resolve("b.js"));
        settle(registry);
        assertThat(registry.all()).isEmpty();
        assertThat(registry.reports()).isEmpty();
        assertThat(told).last().extracting(LoadReport::name).isEqualTo("b");
        assertThat(told).last().satisfies(r -> assertThat(r.serving()).isEmpty());
        assertThat(registry.history("a")).hasSize(1);
    }

    @Test
    void a_file_renamed_onto_another_is_seen_though_size_and_time_are_the_same()
            throws IOException {
        FileTime time = FileTime.from(Instant.now().minusSeconds(3600));
        write(folder, "a.js", "one");
        Files.setLastModifiedTime(folder.resolve("a.js"), time);
        settle(registry);
        write(data, "fresh", "two");
        Files.setLastModifiedTime(data.resolve("fresh"), time);
        Files.move(data.resolve("fresh"), folder.resolve("a.js"), StandardCopyOption.ATOMIC_MOVE);
        settle(registry);
        assertThat(find("a").value()).isEqualTo("two");
    }

    @Test
    void a_save_is_taken_when_two_looks_agree() {
        write(folder, "a.js", "half");
        assertThat(registry.look()).isTrue();
        write(folder, "a.js", "half and half");
        assertThat(registry.look()).isTrue();
        assertThat(registry.find("a")).isEmpty();
        assertThat(registry.look()).isFalse();
        assertThat(loads).containsExactly("half and half");
    }

    @Test
    void a_file_that_is_away_for_a_moment_only_goes_on_serving() throws IOException {
        write(folder, "a.js", "one");
        settle(registry);
        Files.move(folder.resolve("a.js"), folder.resolve("a.js~"));
        for (int i = 0; i < 5; i++) {
            assertThat(registry.look()).as("waits").isTrue();
        }
        write(folder, "a.js", "two");
        settle(registry);
        assertThat(find("a").value()).isEqualTo("two");
        assertThat(told).extracting(LoadReport::serving).allMatch(Optional::isPresent);
    }

    @Test
    void of_two_files_with_one_name_one_serves_and_then_the_other() throws IOException {
        write(folder, "a.js", "in js");
        write(folder, "a.py", "in py");
        settle(registry);
        assertThat(find("a").value()).isEqualTo("in js");
        Files.delete(folder.resolve("a.js"));
        settle(registry);
        assertThat(find("a").value()).isEqualTo("in py");
    }

    @Test
    void links_out_of_the_folder_are_refused_and_links_inside_are_followed() throws IOException {
        write(data, "secret.js", "secret");
        write(data, "outside/x.js", "secret");
        write(folder, "..data/b.js", "mounted");
        write(folder, "c.js", "import './lib/x.js'");
        Files.createSymbolicLink(folder.resolve("a.js"), data.resolve("secret.js"));
        Files.createSymbolicLink(folder.resolve("lib"), data.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("b.js"), Path.of("..data/b.js"));
        settle(registry);
        assertThat(registry.find("a")).isEmpty();
        assertThat(report("a").failure())
                .hasValueSatisfying(
                        f -> assertThat(f.message()).contains("link out of the folder"));
        assertThat(find("b").value()).isEqualTo("mounted");
        assertThat(find("c").bundle().files()).containsOnlyKeys("c.js");
        assertThat(loads).doesNotContain("secret");
    }

    @Test
    void the_folder_itself_may_be_a_link() throws IOException {
        Path link = Files.createSymbolicLink(data.resolve("link"), folder);
        registry = open(link);
        write(folder, "a.js", "1");
        settle(registry);
        assertThat(registry.find("a")).isPresent();
    }

    @Test
    void a_link_in_circles_or_to_nowhere_stops_no_other_file() throws IOException {
        write(folder, "a.js", "1");
        Files.createSymbolicLink(folder.resolve("lib"), folder);
        Files.createSymbolicLink(folder.resolve("b.js"), folder.resolve("b.js"));
        Files.createSymbolicLink(folder.resolve("c.js"), folder.resolve("nowhere.js"));
        settle(registry);
        assertThat(registry.all().keySet()).containsExactly("a");
    }

    @Test
    void a_file_that_is_no_text_or_too_long_is_named_and_the_last_good_version_serves()
            throws IOException {
        write(folder, "a.js", "good");
        write(folder, "b.js", "good");
        settle(registry);
        Files.write(folder.resolve("a.js"), new byte[] {0x47, (byte) 0xfc, 0x6e});
        write(folder, "b.js", "/".repeat(1024 * 1024 + 1));
        write(folder, "c.js", "1");
        settle(registry);
        assertThat(find("a").value()).isEqualTo("good");
        assertThat(report("a").failure())
                .map(Failures::text)
                .hasValueSatisfying(t ->
                        assertThat(t)
                                .isEqualTo(
                                        "a.js:1:1 the file is not UTF-8 text; save it as UTF-8"));
        assertThat(find("b").value()).isEqualTo("good");
        assertThat(report("b").failure())
                .map(Failures::text)
                .hasValueSatisfying(t -> assertThat(t).contains("1048577 bytes"));
        assertThat(registry.find("c")).isPresent();
    }

    @Test
    void a_broken_helper_is_the_place_of_its_importers_failure() throws IOException {
        write(folder, "a.js", "import './lib/h.js'");
        Files.createDirectory(folder.resolve("lib"));
        Files.write(folder.resolve("lib/h.js"), new byte[] {(byte) 0xff});
        settle(registry);
        assertThat(report("a").failure().flatMap(Failures::place))
                .contains(new Place("lib/h.js", 1, 1));
    }

    @Test
    void a_loader_that_breaks_stops_no_other_file() {
        write(folder, "a.js", "bug");
        write(folder, "b.js", "1");
        settle(registry);
        assertThat(registry.find("a")).isEmpty();
        assertThat(registry.find("b")).isPresent();
    }

    @Test
    void what_broke_in_our_own_hands_is_reported_and_not_tried_until_the_file_changes() {
        write(folder, "a.js", "bug");
        settle(registry);
        settle(registry);
        assertThat(report("a").failure())
                .map(Failures::text)
                .hasValueSatisfying(text -> assertThat(text).contains("the gateway failed"));
        assertThat(loads).containsExactly("bug");
        write(folder, "a.js", "fixed");
        settle(registry);
        assertThat(find("a").value()).isEqualTo("fixed");
    }

    @Test
    void after_a_restart_the_version_that_served_last_serves_for_a_broken_file()
            throws IOException {
        write(folder, "a.js", "old");
        settle(registry);
        write(folder, "a.js", "new");
        settle(registry);
        write(folder, "a.js", "old");
        settle(registry);
        write(folder, "a.js", "broken");
        registry = open(folder);
        settle(registry);
        assertThat(find("a").value()).isEqualTo("old");
        assertThat(report("a").failure()).isPresent();

        Files.delete(folder.resolve("a.js"));
        settle(registry);
        write(folder, "a.js", "broken");
        settle(registry);
        assertThat(registry.find("a")).as("deleted and made anew").isEmpty();
    }

    @Test
    void a_load_whose_host_is_lost_is_tried_again_without_a_new_save() {
        hostIsThere = false;
        write(folder, "a.js", "needs a host");
        settle(registry);
        assertThat(report("a").failure()).containsInstanceOf(ScriptFailure.HostLost.class);
        settle(registry);
        assertThat(loads).hasSize(1);
        hostIsThere = true;
        now = now.plusSeconds(10);
        settle(registry);
        assertThat(find("a").value()).isEqualTo("needs a host");
        assertThat(report("a").failure()).isEmpty();
    }

    @Test
    void a_config_map_that_swaps_its_link_is_seen_whatever_its_times_are() throws IOException {
        FileTime time = FileTime.from(Instant.now().minusSeconds(3600));
        for (String generation : List.of("one", "two")) {
            write(folder, "..." + generation + "/a.js", generation);
            Files.setLastModifiedTime(folder.resolve("..." + generation + "/a.js"), time);
        }
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("...one"));
        Files.createSymbolicLink(folder.resolve("a.js"), Path.of("..data/a.js"));
        settle(registry);
        assertThat(find("a").value()).isEqualTo("one");

        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("...two"));
        Files.move(
                folder.resolve("..data_tmp"),
                folder.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE);
        settle(registry);
        assertThat(find("a").value()).isEqualTo("two");
        assertThat(loads).containsExactly("one", "two");
    }

    @Test
    void the_version_that_serves_is_never_forgotten() {
        write(folder, "a.js", "first");
        settle(registry);
        String first = serving("a");
        for (int i = 0; i < 199; i++) {
            write(folder, "a.js", "text " + i);
            now = now.plusSeconds(1);
            settle(registry);
        }
        write(folder, "a.js", "first");
        now = now.plusSeconds(1);
        settle(registry);
        for (int i = 0; i < 5; i++) {
            write(folder, "a.js", "later text " + i);
            now = now.plusSeconds(1);
            settle(registry);
        }
        assertThat(registry.history("a")).hasSize(200);
        assertThat(registry.sources("a", first)).isPresent();
        assertThat(registry.find("a", first.substring(0, 6))).map(Plugin::value).contains("first");
    }

    private PluginRegistry<String> open(Path folder) {
        var made =
                new PluginRegistry<>(
                        folder, this::load, new VersionStore(data.resolve("versions")), () -> now);
        made.onChange(told::add);
        return made;
    }

    private String load(String name, ScriptBundle bundle) throws ScriptException {
        String source = bundle.source();
        loads.add(source);
        switch (source) {
            case "broken" ->
                    throw new ScriptException(
                            new ScriptFailure.Syntax(
                                    "it is broken", Optional.of(new Place(name + ".js", 3, 7))));
            case "bug" -> throw new IllegalStateException("on purpose");
            case "needs a host" -> {
                if (!hostIsThere) {
                    throw new ScriptException(new ScriptFailure.HostLost("its host is gone"));
                }
            }
            default -> {
                // Loads.
            }
        }
        return source;
    }

    private Plugin<String> find(String name) {
        return registry.find(name).orElseThrow();
    }

    private String serving(String name) {
        return find(name).version();
    }

    private LoadReport report(String name) {
        return Optional.ofNullable(registry.reports().get(name)).orElseThrow();
    }
}
