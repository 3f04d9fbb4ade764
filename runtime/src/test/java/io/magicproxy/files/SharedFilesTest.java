package io.magicproxy.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.prompt.TextEditor.Outcome;
import io.magicproxy.prompt.TextEditor.Refusal;
import io.magicproxy.testing.RealRedis;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two files counts, when and why. */
class SharedFilesTest {
    @TempDir private static Path server;
    private static RealRedis redis;

    @TempDir private Path folder;
    private final String prefix = "test-" + UUID.randomUUID();
    private final Deque<Node> open = new ArrayDeque<>();

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start(server);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void one_that_was_away_takes_what_it_missed_when_it_starts() throws Exception {
        Node.write(home("a"), "p.md", "zero");
        Node.write(home("b"), "p.md", "zero");
        Node.write(home("b"), "old.md", "old");
        Node.write(home("a"), "old.md", "old");
        Node a = node("a");
        Node b = node("b");
        a.save("p.md", "one");
        b.awaits("p.md", "one");
        stop(b);
        a.save("p.md", "two");
        a.save("new.md", "new");
        a.editor().delete("old.md", Optional.of("*"));

        b = node("b");
        assertThat(b.text("p.md")).isEqualTo("two");
        assertThat(b.text("new.md")).isEqualTo("new");
        assertThat(b.text("old.md")).isEqualTo("none");
        assertThat(b.status().seq()).isEqualTo(4);
        assertThat(b.copies()).isEmpty();
    }

    @Test
    void a_fresh_one_takes_a_save_in_place_of_the_file_that_it_was_made_from() throws Exception {
        Node.write(home("a"), "p.md", "zero");
        Node a = node("a");
        a.save("p.md", "one");
        a.save("p.md", "two");

        Node.write(home("fresh"), "p.md", "zero");
        assertThat(node("fresh").text("p.md")).isEqualTo("two");
        Node.write(home("half"), "p.md", "one");
        assertThat(node("half").text("p.md")).isEqualTo("two");
        assertThat(node("empty").text("p.md")).isEqualTo("two");
    }

    @Test
    void a_fresh_one_keeps_a_file_that_no_save_knows_until_somebody_saves_it() throws Exception {
        Node.write(home("a"), "p.md", "zero");
        Node a = node("a");
        a.save("p.md", "one");

        Node.write(home("fresh"), "p.md", "of a newer release");
        Node fresh = node("fresh");
        assertThat(fresh.text("p.md")).isEqualTo("of a newer release");
        assertThat(fresh.status().kept()).containsExactly("prompt/p.md");

        assertThat(fresh.save("p.md", "of a newer release")).isInstanceOf(Outcome.Saved.class);
        a.awaits("p.md", "of a newer release");
        assertThat(fresh.status().kept()).isEmpty();
    }

    @Test
    void a_save_replaces_what_was_changed_by_hand_at_another_and_leaves_a_copy() throws Exception {
        Node a = node("a");
        Node b = node("b");
        a.save("p.md", "one");
        b.awaits("p.md", "one");
        Node.write(home("b"), "p.md", "by hand");

        a.save("p.md", "two");
        b.awaits("p.md", "two");
        assertThat(b.copies()).containsExactly("by hand");
        assertThat(a.copies()).isEmpty();
    }

    @Test
    void what_one_saved_and_the_other_has_not_seen_can_t_be_replaced_by_it() throws Exception {
        Node a = node("a");
        a.save("p.md", "zero");
        Node b = node("b");
        Outcome.Refused refused = null;
        for (int i = 0; refused == null; i++) {
            a.save("p.md", "of a " + i);
            // If it was quick enough to read that, the next round decides.
            if (b.save("p.md", "of b " + i) instanceof Outcome.Refused stale) {
                refused = stale;
            } else {
                String now = "of b " + i;
                a.awaits("p.md", now);
            }
        }
        assertThat(refused.why()).isEqualTo(Refusal.STALE);
        assertThat(refused.message()).contains("another gateway has saved", "read it again");
        b.awaits("p.md", a.text("p.md"));
    }

    @Test
    void what_can_t_be_written_is_shown_and_written_when_it_can_be() throws Exception {
        Node.write(home("a"), "p.md", "zero");
        Node.write(home("b"), "p.md", "zero");
        Path locked = home("b").resolve("prompts/p.md");
        Node a = node("a");
        Node b = node("b");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r--r--r--"));
        a.save("p.md", "one");

        Node.until(() -> b.status().unwritten().containsKey("prompt/p.md"));
        assertThat(b.status().unwritten()).containsEntry("prompt/p.md", "it is read-only");
        assertThat(b.text("p.md")).isEqualTo("zero");
        a.save("other.md", "goes on");
        b.awaits("other.md", "goes on");

        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rw-r--r--"));
        stop(b);
        Node again = node("b");
        assertThat(again.text("p.md")).isEqualTo("one");
        assertThat(again.status().unwritten()).isEmpty();
    }

    @Test
    void paths_that_lead_out_of_the_folder_are_written_nowhere() throws Exception {
        Node a = node("a");
        Node b = node("b");
        redis(
                "EVAL",
                "redis.call('HSET', KEYS[1], 'seq', '2', 'id', 'x', 'id:1', 'w', 'id:2', 'x')"
                        + " for i, p in ipairs({'prompt/../evil.md', 'prompt/.hidden.md'}) do"
                        + " redis.call('HSET', KEYS[1] .. ':now', p, i .. '|x|v|1|-')"
                        + " redis.call('HSET', KEYS[1] .. ':text', p, 'evil')"
                        + " redis.call('ZADD', KEYS[1] .. ':order', i, p) end",
                "1",
                "{" + prefix + ":files}");

        Node.until(() -> a.status().unwritten().size() == 2 && b.status().unwritten().size() == 2);
        assertThat(home("a").resolve("evil.md")).doesNotExist();
        assertThat(home("a").resolve("prompts/.hidden.md")).doesNotExist();
    }

    @Test
    void while_redis_is_away_saves_go_on_and_are_told_when_it_is_back() throws Exception {
        Node a = node("a");
        Node b = node("b");
        a.save("both.md", "zero");
        b.awaits("both.md", "zero");
        redis.kill();
        try {
            assertThat(a.save("mine.md", "one")).isInstanceOf(Outcome.Saved.class);
            a.save("mine.md", "two");
            a.save("both.md", "of a");
            assertThat(a.status().untold()).containsExactly("prompt/both.md", "prompt/mine.md");
            stop(a);
        } finally {
            redis.begin();
        }
        Node.until(() -> b.save("both.md", "of b") instanceof Outcome.Saved);
        Node.until(() -> b.status().untold().isEmpty());

        Node again = node("a");
        b.awaits("mine.md", "two");
        assertThat(again.text("both.md")).isEqualTo("of b");
        assertThat(again.copies()).containsExactly("of a");
        assertThat(again.status().untold()).isEmpty();
    }

    @Test
    void a_save_that_was_told_and_never_written_is_taken_at_the_next_start() throws Exception {
        Node a = node("a");
        Node b = node("b");
        a.save("p.md", "one");
        b.awaits("p.md", "one");
        // As if it died before it could write.
        a.tell("p.md", "one", "two");
        stop(a);

        assertThat(node("a").text("p.md")).isEqualTo("two");
        b.awaits("p.md", "two");
    }

    private static void redis(String... command) throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String part : command) {
            bytes.writeBytes(
                    ("$" + part.length() + "\r\n" + part + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
        var url = URI.create(redis.url());
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(bytes.toByteArray());
            assertThat(socket.getInputStream().read()).isNotEqualTo('-');
        }
    }

    private Path home(String name) {
        return folder.resolve(name);
    }

    private Node node(String name) throws Exception {
        Node node = new Node(home(name), redis.url(), prefix);
        open.push(node);
        return node;
    }

    private void stop(Node node) throws Exception {
        open.remove(node);
        node.close();
    }
}
