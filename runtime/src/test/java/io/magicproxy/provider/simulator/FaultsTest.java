package io.magicproxy.provider.simulator;

import static io.magicproxy.provider.simulator.Sim.FAST;
import static io.magicproxy.provider.simulator.Sim.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.Option;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong on purpose, and when. */
class FaultsTest {
    @ParameterizedTest
    @CsvSource({
        "401, CREDENTIAL, 401",
        "402, QUOTA, 402",
        "429, RATE_LIMIT, 429",
        "500, TRANSIENT, 500",
        "502, TRANSIENT, 502",
        "503, TRANSIENT, 503",
        "504, TRANSIENT, 504",
        "529, TRANSIENT, 529",
        "context_window, CONTEXT_WINDOW, 400",
        "content_policy, CONTENT_POLICY, 400",
        "reset, TRANSIENT, 0",
    })
    void a_failure_is_classified_as_a_real_one(String name, FailureClass kind, int status)
            throws Exception {
        ProviderFailure failure = new Sim("{\"failure\":\"" + name + "\"}").failure().orElseThrow();

        assertThat(failure.failureClass()).isEqualTo(kind);
        assertThat(failure.status().orElse(0)).isEqualTo(status);
        assertThat(failure.message()).endsWith("(simulated)");
    }

    @Test
    void a_rate_limit_tells_how_long_to_wait() throws Exception {
        Sim sim = new Sim("{\"failure\":\"429\",\"retry_after\":\"7s\"}");

        assertThat(sim.failure().orElseThrow().retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void each_n_th_call_fails_each_fault_by_its_own_count() throws Exception {
        Sim sim =
                new Sim(
                        "[{\"failure\":\"429\",\"every\":3},{\"failure\":\"503\",\"every\":4},{\"tokens_per_second\":1000000}]");

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            statuses.add(sim.failure().flatMap(ProviderFailure::status).orElse(0));
        }

        assertThat(statuses).containsExactly(0, 0, 429, 503, 0, 429, 0, 503);
    }

    @Test
    void a_share_of_the_calls_is_drawn_the_same_each_time() {
        Fault fault = read("{\"failure\":\"500\",\"probability\":0.3,\"seed\":7}").getFirst();
        Fault other = read("{\"failure\":\"500\",\"probability\":0.3,\"seed\":8}").getFirst();

        List<Integer> struck = struck(fault);
        assertThat(struck).hasSizeBetween(250, 350).isEqualTo(struck(fault));
        assertThat(struck(other)).hasSizeBetween(250, 350).isNotEqualTo(struck);
        assertThat(struck(read("{\"failure\":\"500\",\"probability\":0}").getFirst())).isEmpty();
        assertThat(struck(read("{\"failure\":\"500\",\"probability\":1}").getFirst()))
                .hasSize(1000);
    }

    @Test
    void a_stream_is_cut_after_so_many_tokens_and_a_whole_answer_too() throws Exception {
        Sim sim = new Sim("{\"cut_after_tokens\":2,\"tokens_per_second\":1000000}");
        List<JsonNode> chunks = new ArrayList<>();

        ProviderFailure broken = sim.broken(user("hi"), chunks);

        assertThat(chunks)
                .extracting(c -> c.path("choices").path(0).path("delta").path("content").asText())
                .containsExactly("[simulator] ", "You ");
        assertThat(broken.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(sim.failure()).contains(broken);
        Sim late = new Sim("{\"cut_after_tokens\":1000,\"tokens_per_second\":1000000}");
        assertThat(late.failure()).isEmpty();
        assertThat(late.stream(user("hi"), "")).hasSizeGreaterThan(5);
    }

    @Test
    void a_cut_before_the_first_token_leaves_no_output() throws Exception {
        List<JsonNode> chunks = new ArrayList<>();

        assertThat(new Sim("{\"cut_after_tokens\":0}").broken(user("hi"), chunks).failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(chunks).isEmpty();
    }

    @Test
    void a_hang_ends_with_the_time_out_or_with_the_caller() throws Exception {
        Sim sim = new Sim("{\"failure\":\"hang\"}").timeout(Duration.ofMillis(20));

        assertThat(sim.failure().orElseThrow().failureClass()).isEqualTo(FailureClass.TRANSIENT);
        sim.timeout(Duration.ofMinutes(5)).cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
        assertThatThrownBy(sim::failure).isInstanceOf(CallCancelledException.class);
    }

    @Test
    void the_first_token_and_the_pace_take_their_time() throws Exception {
        Sim slow = new Sim("{\"first_token_delay\":\"300ms\",\"tokens_per_second\":1000000}");
        Sim paced = new Sim("{\"tokens_per_second\":50}");

        assertThat(time(() -> slow.stream(user("hi"), "")))
                .isGreaterThanOrEqualTo(Duration.ofMillis(300));
        // Two tokens and the end, two pauses of 20 ms.
        assertThat(time(() -> paced.stream(user("hi"), ",\"max_tokens\":2")))
                .isGreaterThanOrEqualTo(Duration.ofMillis(40));
        // Longer than a caller waits for the first token.
        slow.timeout(Duration.ofMillis(50));
        assertThat(slow.broken(user("hi"), new ArrayList<>()).message())
                .contains("no answer in time");
    }

    @Test
    void a_live_switch_goes_before_the_configuration_until_it_is_cleared() throws Exception {
        Sim sim = new Sim("{\"failure\":\"500\"}");
        assertThat(status(sim)).contains(500);

        sim.live.set(SimulatorFaults.ALL, read("{\"failure\":\"503\"}"));
        assertThat(status(sim)).contains(503);
        sim.live.set("sim", read("{\"failure\":\"429\",\"every\":2}"));
        assertThat(List.of(status(sim), status(sim)))
                .containsExactly(Optional.empty(), Optional.of(429));
        sim.live.set("another", read("{\"failure\":\"402\"}"));
        assertThat(sim.live.all().keySet()).containsExactly("*", "another", "sim");

        assertThat(sim.live.clear("sim")).isTrue();
        assertThat(sim.live.clear("sim")).isFalse();
        assertThat(status(sim)).contains(503);
        sim.live.set("sim", List.of());
        assertThat(status(sim)).isEmpty();
        sim.live.clearAll();
        assertThat(status(sim)).contains(500);
    }

    @Test
    void what_is_read_is_written_the_same() {
        String faults =
                "[{\"failure\":\"429\",\"retry_after\":\"5000ms\",\"every\":3},"
                        + "{\"first_token_delay\":\"200ms\",\"tokens_per_second\":20,\"cut_after_tokens\":4,\"probability\":0.25,\"seed\":7}]";

        assertThat(Json.text(FaultReader.json(read(faults)))).isEqualTo(faults);
        assertThat(read(FAST)).hasSize(1);
        assertThat(read("[]")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "{\"failure\":\"42\"} | faults.failure: no failure \"42\"; there are 401, 402, 429,",
                "{\"failure\":\"rest\"} | did you mean \"reset\"?",
                "{\"failur\":\"429\"} | faults.failur: is not a known key; did you mean \"failure\"?",
                "{\"failure\":\"429\",\"every\":0} | faults.every: must be at least 1",
                "[{\"tokens_per_second\":\"fast\"}] | faults[0].tokens_per_second: must be a whole number, not \"fast\"",
                "{\"cut_after_tokens\":-1} | faults.cut_after_tokens: must be at least 0",
                "{\"failure\":\"500\",\"probability\":1.5} | faults.probability: must be from 0 to 1",
                "{\"failure\":\"500\",\"probability\":0.5,\"every\":2} | faults.every: stands beside probability; keep one",
                "{\"first_token_delay\":\"soon\"} | faults.first_token_delay: must be a duration",
                "{\"every\":2} | faults: does nothing; name one of failure, first_token_delay,",
                "{\"tokens_per_second\":9,\"retry_after\":1} | faults.retry_after: has no effect without failure; add it",
                "{\"failure\":\"500\",\"seed\":1} | faults.seed: has no effect without probability; add it",
                "[null] | faults[0]: must be a mapping, not nothing",
                "429 | faults: must be a mapping, not \"429\"",
                "{\"failure\":\"${PATH}\"} | faults.failure: the environment variable PATH is not set",
            })
    void a_wrong_fault_is_named_with_its_place(String faults, String problem) throws Exception {
        assertThat(FaultReader.read(Json.read(faults)))
                .isInstanceOfSatisfying(
                        FaultReader.Result.Wrong.class,
                        wrong ->
                                assertThat(wrong.problems())
                                        .extracting(p -> p.path() + ": " + p.message())
                                        .anyMatch(line -> line.contains(problem)));
    }

    @Test
    void the_guide_names_every_key_and_failure() throws Exception {
        String guide =
                Files.readString(
                        Path.of(System.getProperty("project.root")).resolve("docs/simulator.md"));

        assertThat(Fault.class.getRecordComponents())
                .extracting(c -> c.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .contains("cut_after_tokens")
                .allSatisfy(key -> assertThat(guide).contains("\n| `" + key + "` |"));
        assertThat(Failure.names())
                .allSatisfy(name -> assertThat(guide).contains("`" + name + "`"));
    }

    @Test
    void what_an_author_reads_of_failures_is_all_of_them() {
        Option failure = Fault.class.getRecordComponents()[0].getAnnotation(Option.class);

        assertThat(Failure.names())
                .allSatisfy(name -> assertThat(failure.value()).contains("`" + name + "`"));
    }

    private static Optional<Integer> status(Sim sim) throws Exception {
        Optional<ProviderFailure> failure = sim.failure();
        return failure.flatMap(ProviderFailure::status);
    }

    private static List<Integer> struck(Fault fault) {
        return IntStream.rangeClosed(1, 1000).filter(fault::strikes).boxed().toList();
    }

    private static List<Fault> read(String faults) {
        try {
            return ((FaultReader.Result.Read) FaultReader.read(Json.read(faults))).faults();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static Duration time(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
