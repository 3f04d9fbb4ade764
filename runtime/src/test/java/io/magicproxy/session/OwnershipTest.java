package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session belongs to the key that created it. */
class OwnershipTest {
    private static final Caller BOB = new Caller("bob", false);
    private static final Caller ADMIN = new Caller("master", true);
    private static final SessionFilter ALL =
            new SessionFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    100);

    @TempDir private Path folder;
    private Stage stage;

    @BeforeEach
    void open() throws Exception {
        stage = new Stage(folder);
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  return await ctx.llm('one');
                }
                """);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static List<String> ids(List<SessionRecord> sessions) {
        return sessions.stream().map(SessionRecord::sessionId).toList();
    }

    @Test
    void others_are_told_on_every_verb_that_there_is_no_such_session() throws Exception {
        RunRecord run = stage.ended(stage.start("main"));
        String id = run.sessionId();
        Sessions sessions = stage.sessions();

        assertThat(sessions.session(BOB, id)).isEmpty();
        assertThat(sessions.cancel(BOB, id)).isInstanceOf(Result.Unknown.class);
        assertThat(sessions.resume(BOB, id)).isInstanceOf(Result.Unknown.class);
        assertThat(sessions.fork(BOB, id, Json.object().put("from_step", 1)))
                .isInstanceOf(Result.Unknown.class);
        assertThat(sessions.delete(BOB, id)).isInstanceOf(Result.Unknown.class);
        assertThat(sessions.sessions(BOB, ALL)).isEmpty();

        assertThat(sessions.session(Stage.ANN, id)).isPresent();
        assertThat(ids(sessions.sessions(Stage.ANN, ALL))).containsExactly(id);
        assertThat(sessions.session(ADMIN, id)).isPresent();
        assertThat(ids(sessions.sessions(ADMIN, ALL))).containsExactly(id);
        assertThat(sessions.fork(ADMIN, id, Json.object().put("from_step", 1)))
                .isInstanceOf(Result.Run.class);
    }

    @Test
    void ids_cannot_be_guessed() throws Exception {
        RunRecord run = stage.start("main");
        assertThat(run.sessionId()).matches("ann/[0-9a-f]{32}");
        assertThat(run.runId()).matches("[0-9a-f]{32}").isNotEqualTo(run.sessionId());
        assertThat(stage.start("main").sessionId()).isNotEqualTo(run.sessionId());
        stage.ended(run);
    }

    @Test
    void ids_that_callers_choose_are_theirs_and_the_same_one_may_be_anothers() throws Exception {
        var talk = Stage.request("main").put("session_id", "talk");
        RunRecord anns = stage.ended(stage.start(talk));
        Result result = stage.sessions().start(BOB, talk, Optional.empty());
        RunRecord bobs = stage.ended(Stage.run(result));
        assertThat(bobs.sessionId()).isNotEqualTo(anns.sessionId());
        assertThat(bobs.number()).isEqualTo(1);
        assertThat(stage.ended(stage.start(talk)).number()).isEqualTo(2);
        assertThat(stage.sessions().session(BOB, "talk").orElseThrow().owner()).isEqualTo("bob");
        assertThat(stage.sessions().session(BOB, "ann/talk")).isEmpty();
        assertThat(stage.sessions().session(ADMIN, "ann/talk")).isPresent();
    }

    @Test
    void an_idempotency_key_is_its_owners_alone() throws Exception {
        var request = Stage.request("main");
        Optional<String> key = Optional.of("once");
        RunRecord anns = Stage.run(stage.sessions().start(Stage.ANN, request, key));
        RunRecord again = Stage.run(stage.sessions().start(Stage.ANN, request, key));
        RunRecord bobs = Stage.run(stage.sessions().start(BOB, request, key));
        assertThat(again.runId()).isEqualTo(anns.runId());
        assertThat(bobs.runId()).isNotEqualTo(anns.runId());
        stage.ended(anns);
        stage.ended(bobs);
    }
}
