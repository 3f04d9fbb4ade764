package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedJournal;
import io.magicproxy.store.embedded.EmbeddedTaskQueue;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.TaskQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sessions on a real store and a real sandbox, with models and tools of the test's own. A worker's
 * death is the store's end beneath it: nothing more of what it does is kept, and the next one finds
 * what had been written until then.
 */
final class Stage implements AutoCloseable {
    static final Caller ANN = new Caller("ann", false);

    /** Kept for all tests: the languages take seconds to begin. */
    private static final InProcessRuntime SANDBOX = new InProcessRuntime();

    final TestClock clock = new TestClock();
    final World world;
    private final Path folder;
    private Sessions.Settings settings =
            new Sessions.Settings(
                    4,
                    Duration.ofSeconds(30),
                    5,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofDays(7),
                    RunRules.standard());
    private Duration lease = Duration.ofSeconds(15);
    private int capacity = 100;
    private UnaryOperator<Journal> around = UnaryOperator.identity();
    private Optional<Store> store = Optional.empty();

    /** What a process has open. */
    private record Store(
            DataFolder data,
            EmbeddedDatabase database,
            Journal journal,
            TaskQueue queue,
            List<Sessions> sessions) {}

    Stage(Path folder) {
        this(folder, SANDBOX);
    }

    /** Doesn't own the sandbox. */
    Stage(Path folder, ScriptRuntime sandbox) {
        this.folder = folder;
        this.world = new World(sandbox, clock);
    }

    /** Before the first use. */
    Stage with(UnaryOperator<Sessions.Settings> change) {
        settings = change.apply(settings);
        return this;
    }

    /** Before the first use. */
    Stage withQueue(Duration time, int places) {
        lease = time;
        capacity = places;
        return this;
    }

    /** What stands between the workers and the journal. Before the first use. */
    Stage around(UnaryOperator<Journal> what) {
        around = what;
        return this;
    }

    private Store store() throws StoreException {
        if (store.isEmpty()) {
            DataFolder data = DataFolder.open(folder);
            EmbeddedDatabase database = EmbeddedDatabase.open(data);
            store =
                    Optional.of(
                            new Store(
                                    data,
                                    database,
                                    new EmbeddedJournal(database, clock),
                                    new EmbeddedTaskQueue(database, clock, lease, capacity),
                                    new ArrayList<>()));
        }
        return store.get();
    }

    Journal journal() throws StoreException {
        return store().journal();
    }

    TaskQueue queue() throws StoreException {
        return store().queue();
    }

    /** This process's sessions. */
    Sessions sessions() throws StoreException {
        return store().sessions().isEmpty() ? more(settings) : store().sessions().getFirst();
    }

    /** Further workers on the same store. */
    Sessions more(Sessions.Settings how) throws StoreException {
        var more = new Sessions(around.apply(journal()), queue(), world, clock, how);
        store().sessions().add(more);
        return more;
    }

    Sessions.Settings settings() {
        return settings;
    }

    /** The process is gone; the next use begins a new one. */
    void crash() {
        store.ifPresent(old -> {
            old.database().close();
            old.sessions().forEach(Sessions::close);
            old.data().close();
        });
        store = Optional.empty();
    }

    /** The process is asked to end; the next use begins a new one. */
    @Override
    public void close() {
        store.ifPresent(old -> {
            old.sessions().forEach(Sessions::close);
            old.database().close();
            old.data().close();
        });
        store = Optional.empty();
    }

    static ObjectNode request(String pattern) {
        return Json.object()
                .put("user_query", "hello")
                .put("model_alias", "agent")
                .put("reasoning_mode", pattern);
    }

    RunRecord start(String pattern) throws StoreException {
        return start(request(pattern));
    }

    RunRecord start(ObjectNode request) throws StoreException {
        return run(sessions().start(ANN, request, Optional.empty()));
    }

    static RunRecord run(Result result) {
        assertThat(result).isInstanceOf(Result.Run.class);
        return ((Result.Run) result).run();
    }

    /** Runs to its end. */
    RunRecord ended(RunRecord run) throws Exception {
        var _ = sessions();
        Wait.until(
                "the end of the run; its events: " + types(run),
                () -> !journal().run(run.runId()).orElseThrow().state().open());
        return journal().run(run.runId()).orElseThrow();
    }

    /** Starts it, and gives the answer with which it ends. */
    String answer(String pattern) throws Exception {
        return answer(ended(start(pattern)));
    }

    static String answer(RunRecord run) throws Exception {
        JsonNode result = Json.read(run.resultJson());
        assertThat(run.state()).as(run.resultJson()).isEqualTo(Journal.RunState.ANSWERED);
        return result.path("text").asText();
    }

    /** The error with which a run ended. */
    static JsonNode error(RunRecord run) throws Exception {
        assertThat(run.state()).as(run.resultJson()).isEqualTo(Journal.RunState.FAILED);
        return Json.read(run.resultJson());
    }

    /** Kills the process in the middle of the run, as soon as that holds. */
    void crashWhen(String what, Wait.Condition condition) throws Exception {
        Wait.until(what, condition);
        crash();
    }

    List<EventRecord> events(RunRecord run) throws StoreException {
        return journal().eventsOf(run.runId());
    }

    List<String> types(RunRecord run) throws StoreException {
        return events(run).stream().map(EventRecord::type).toList();
    }

    /** The payloads of events of that type. */
    List<JsonNode> payloads(RunRecord run, String type) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        for (EventRecord event : events(run)) {
            if (event.type().equals(type)) {
                all.add(Json.read(event.payloadJson()));
            }
        }
        return all;
    }

    /** All text that events of that type have shown. */
    String text(RunRecord run, String type) throws Exception {
        StringBuilder all = new StringBuilder();
        payloads(run, type).forEach(payload -> all.append(payload.path("text").asText()));
        return all.toString();
    }

    List<EntryRecord> entries(RunRecord run) throws StoreException {
        return journal().entries(run.runId());
    }

    List<String> paths(RunRecord run) throws StoreException {
        return entries(run).stream().map(EntryRecord::path).toList();
    }
}
