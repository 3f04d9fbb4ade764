package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.SavedFiles;
import io.magicproxy.store.SavedFiles.Change;
import io.magicproxy.store.SavedFiles.Content;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SavedFiles.News;
import io.magicproxy.store.SavedFiles.Outcome;
import io.magicproxy.store.SavedFiles.Place;
import io.magicproxy.store.SavedFiles.Position;
import io.magicproxy.store.SavedFiles.Save;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.client.codec.StringCodec;

class RedisSavedFilesTest {
    private static final Place PLAN = new Place(Kind.PATTERN, "plan.js");
    private static final Place WORDS = new Place(Kind.PATTERN, "lib/words.js");
    private static final int ALL = 1000;

    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());
    private RedisLink link;
    private SavedFiles files;

    @BeforeAll
    static void start() {
        server = RealRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        link = redis.link();
        files = new RedisSavedFiles(link);
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    @Test
    void of_each_file_the_latest_save_is_read_with_the_versions_that_it_had() throws Exception {
        Position start = begin();
        save(PLAN, "", "one", start);
        save(WORDS, "", "helper", start);
        save(PLAN, "one", "two", start);

        News.Some news = (News.Some) files.after(start, ALL);
        assertThat(news.saves()).extracting(Save::place).containsExactly(WORDS, PLAN);
        Save plan = news.saves().getLast();
        assertThat(plan.content()).contains(content("two"));
        assertThat(plan.earlier()).containsExactly(version("one"));
        assertThat(plan.seq()).isEqualTo(3);
        assertThat(files.after(news.upTo(), ALL)).isEqualTo(new News.Nothing());
        assertThat(files.latest(PLAN)).contains(plan);
        assertThat(files.latest(new Place(Kind.TOOL, "plan.js"))).isEmpty();
    }

    @Test
    void a_deletion_is_a_save_without_content() throws Exception {
        Position start = begin();
        save(PLAN, "", "one", start);
        files.save(List.of(new Change(PLAN, Optional.of(version("one")), Optional.empty())), start);

        Save gone = files.latest(PLAN).orElseThrow();
        assertThat(gone.content()).isEmpty();
        assertThat(gone.earlier()).containsExactly(version("one"));
        assertThat(saved(save(PLAN, "", "again", readAll(start)))).isTrue();
    }

    @Test
    void who_has_not_read_another_s_save_is_refused_and_nothing_of_the_wish_is_saved()
            throws Exception {
        Position start = begin();
        save(PLAN, "zero", "one", start);

        Outcome outcome =
                files.save(
                        List.of(change(WORDS, "", "helper"), change(PLAN, "zero", "two")), start);
        assertThat(outcome).isEqualTo(new Outcome.Stale(PLAN));
        assertThat(files.latest(WORDS)).isEmpty();
        assertThat(files.latest(PLAN).flatMap(Save::content)).contains(content("one"));
    }

    @Test
    void who_has_read_it_may_replace_whatever_stands_at_his_place() throws Exception {
        Position start = begin();
        save(PLAN, "zero", "one", start);

        assertThat(saved(save(PLAN, "changed by hand", "two", readAll(start)))).isTrue();
        assertThat(files.latest(PLAN).map(Save::earlier).orElseThrow())
                .containsExactlyInAnyOrder(
                        version("zero"), version("one"), version("changed by hand"));
    }

    @Test
    void the_same_text_saved_twice_is_no_conflict() throws Exception {
        Position start = begin();
        save(PLAN, "zero", "one", start);
        assertThat(saved(save(PLAN, "zero", "one", start))).isTrue();
    }

    @Test
    void of_those_who_replace_the_same_version_at_once_one_is_granted() throws Exception {
        Position start = begin();
        List<Callable<Boolean>> savers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String text = "of saver " + i;
            savers.add(() -> saved(save(PLAN, "zero", text, start)));
        }
        int granted = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> saver : threads.invokeAll(savers)) {
                granted += saver.get() ? 1 : 0;
            }
        }
        assertThat(granted).isEqualTo(1);
    }

    @Test
    void many_saves_are_read_in_pages_and_none_is_missed() throws Exception {
        Position at = begin();
        for (int i = 0; i < 23; i++) {
            save(new Place(Kind.TOOL, "t" + i + ".js"), "", "text " + i, at);
        }
        List<String> seen = new ArrayList<>();
        while (files.after(at, 7) instanceof News.Some some) {
            assertThat(some.saves()).hasSizeLessThanOrEqualTo(7);
            some.saves().forEach(save -> seen.add(save.place().path()));
            at = some.upTo();
        }
        assertThat(seen).hasSize(23).doesNotHaveDuplicates();
    }

    @Test
    void what_is_too_much_for_one_answer_comes_in_several() throws Exception {
        Position at = begin();
        for (int i = 0; i < 5; i++) {
            save(new Place(Kind.TOOL, "big" + i + ".js"), "", "x".repeat(700_000) + i, at);
        }
        int answers = 0;
        int saves = 0;
        while (files.after(at, ALL) instanceof News.Some some) {
            answers++;
            saves += some.saves().size();
            at = some.upTo();
        }
        assertThat(saves).isEqualTo(5);
        assertThat(answers).isEqualTo(3);
    }

    @Test
    void any_text_comes_back_as_it_was() throws Exception {
        Position start = begin();
        for (String text : List.of("", "a|b,c\0d", "grün 日本 😀\r\n", "x".repeat(1 << 20))) {
            save(PLAN, "zero", text, readAll(start));
            assertThat(files.latest(PLAN).flatMap(Save::content)).contains(content(text));
        }
    }

    @Test
    void a_store_that_has_forgotten_says_so() throws Exception {
        Position start = begin();
        save(PLAN, "", "one", start);
        Position read = readAll(start);
        link.call(redis -> redis.getKeys().delete(link.name("files")));

        News.Anew anew = (News.Anew) files.after(read, ALL);
        assertThat(anew.from().epoch()).isNotEqualTo(start.epoch());
        assertThat(anew.head()).isZero();
        assertThat(files.after(anew.from(), ALL)).isEqualTo(new News.Nothing());
    }

    @Test
    void a_store_that_has_lost_its_last_save_and_counted_on_says_so() throws Exception {
        Position start = begin();
        save(PLAN, "", "one", start);
        Position before = readAll(start);
        save(WORDS, "", "lost", before);
        Position read = readAll(before);
        // As after a power cut, of a server that writes once a second.
        link.call(redis -> {
            var head = redis.<String, String>getMap(link.name("files"), StringCodec.INSTANCE);
            head.put("seq", "1");
            head.put("id", before.id());
            return head.fastRemove("id:2");
        });
        assertThat(files.after(read, ALL)).isInstanceOf(News.Anew.class);

        save(new Place(Kind.TOOL, "other.js"), "", "two", before);
        assertThat(files.after(read, ALL))
                .isEqualTo(new News.Anew(new Position(start.epoch(), 0, ""), 2));
    }

    @Test
    void the_newest_two_hundred_versions_of_a_name_are_found_by_the_beginning_of_their_hash()
            throws Exception {
        RedisSavedVersions versions = new RedisSavedVersions(link);
        for (int i = 0; i < 205; i++) {
            versions.keep("pattern/plan", String.format("%08x", i), "{\"of\": " + i + "}");
        }
        assertThat(versions.find("pattern/plan", "000000cc")).contains("{\"of\": 204}");
        assertThat(versions.find("pattern/plan", "00000005")).isPresent();
        assertThat(versions.find("pattern/plan", "00000000")).isEmpty();
        assertThat(versions.find("pattern/plan", "000000c")).contains("{\"of\": 204}");
        assertThat(versions.find("tool/plan", "000000cc")).isEmpty();
    }

    private Position begin() throws Exception {
        return ((News.Anew) files.after(Position.none(), ALL)).from();
    }

    private Position readAll(Position from) throws Exception {
        return files.after(from, ALL) instanceof News.Some some ? some.upTo() : from;
    }

    private Outcome save(Place place, String before, String text, Position known) throws Exception {
        return files.save(List.of(change(place, before, text)), known);
    }

    private static boolean saved(Outcome outcome) {
        return outcome instanceof Outcome.Done;
    }

    private static Change change(Place place, String before, String text) {
        return new Change(
                place,
                before.isEmpty() ? Optional.empty() : Optional.of(version(before)),
                Optional.of(content(text)));
    }

    private static Content content(String text) {
        return new Content(text, version(text));
    }

    private static String version(String text) {
        return Integer.toHexString(text.hashCode());
    }
}
