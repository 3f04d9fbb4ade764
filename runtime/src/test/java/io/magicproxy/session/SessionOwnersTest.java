package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.SessionFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session belongs to whoever began it. */
class SessionOwnersTest {
    private static final Caller BOB = new Caller("bob", false);
    private static final Caller ADMIN = new Caller("master", true);

    private Stage stage;
    private Sessions sessions;

    @BeforeEach
    void begin(@TempDir Path folder) throws Exception {
        stage = new Stage(folder);
        stage.world.save("main.js", "export const run = (ctx) => 'for ' + ctx.session.id;");
        sessions = stage.sessions();
    }

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void others_are_told_of_every_verb_that_there_is_no_such_session() throws Exception {
        RunRecord run = stage.ended(stage.start("main"));
        String id = Stage.ANN.shown(run.sessionId());

        assertThat(sessions.session(Stage.ANN, id)).isPresent();
        for (String name : List.of(id, run.sessionId())) {
            assertThat(sessions.session(BOB, name)).isEmpty();
            assertThat(sessions.cancel(BOB, name)).isInstanceOf(Result.Unknown.class);
            assertThat(sessions.resume(BOB, name)).isInstanceOf(Result.Unknown.class);
            assertThat(sessions.fork(BOB, name, Json.object().put("from_step", 1)))
                    .isInstanceOf(Result.Unknown.class);
            assertThat(sessions.delete(BOB, name)).isInstanceOf(Result.Unknown.class);
        }
        assertThat(sessions.sessions(BOB, everything())).isEmpty();
        assertThat(sessions.session(ADMIN, run.sessionId())).isPresent();
        assertThat(sessions.sessions(ADMIN, everything())).hasSize(1);
    }

    @Test
    void each_caller_chooses_ids_in_a_name_space_of_its_own() throws Exception {
        var request = Stage.request("main").put("session_id", "talk");
        RunRecord anns = stage.ended(stage.start(request.deepCopy()));
        RunRecord bobs =
                stage.ended(Stage.run(sessions.start(BOB, request.deepCopy(), Optional.empty())));
        RunRecord admins =
                stage.ended(Stage.run(sessions.start(ADMIN, request.deepCopy(), Optional.empty())));

        assertThat(List.of(anns.sessionId(), bobs.sessionId(), admins.sessionId()))
                .doesNotHaveDuplicates();
        assertThat(List.of(anns.number(), bobs.number(), admins.number())).containsOnly(1);
        assertThat(Stage.ANN.shown(anns.sessionId())).isEqualTo("talk");
        assertThat(BOB.shown(bobs.sessionId())).isEqualTo("talk");
        assertThat(Stage.answer(anns)).isEqualTo("for talk");
        assertThat(stage.ended(stage.start(request.deepCopy())).number()).isEqualTo(2);
    }

    private static SessionFilter everything() {
        return new SessionFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                10);
    }
}
