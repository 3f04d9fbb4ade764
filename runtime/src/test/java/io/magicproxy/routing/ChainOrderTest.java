package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ChainOrderTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Lab lab = new Lab();
    private final AtomicLong now = new AtomicLong(-5 * SECOND);

    @Test
    void weights_decide_how_often_each_comes_first_and_second() {
        Random random = new Random(42);
        ChainOrder order = ChainOrder.weighted(() -> random);
        List<Profile> chain = List.of(weighted("a", 70), weighted("b", 25), weighted("c", 5));

        Map<String, Integer> firsts = new TreeMap<>();
        Map<String, Integer> secondsAfterA = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            List<Profile> drawn = order.of(chain);
            assertThat(drawn).containsExactlyInAnyOrderElementsOf(chain);
            firsts.merge(drawn.getFirst().name(), 1, Integer::sum);
            if (drawn.getFirst().name().equals("a")) {
                secondsAfterA.merge(drawn.get(1).name(), 1, Integer::sum);
            }
        }

        assertThat(firsts.get("a")).isCloseTo(70_000, within(1_000));
        assertThat(firsts.get("b")).isCloseTo(25_000, within(1_000));
        assertThat(firsts.get("c")).isCloseTo(5_000, within(500));
        // Without replacement: 25 to 5 among the rest.
        assertThat((double) secondsAfterA.getOrDefault("b", 0) / secondsAfterA.getOrDefault("c", 0))
                .isCloseTo(5, Percentage.withPercentage(6));
    }

    @Test
    void a_canary_gets_its_share_and_no_more() {
        Random random = new Random(7);
        ChainOrder order = ChainOrder.weighted(() -> random);
        List<Profile> chain = List.of(weighted("stable", 95), weighted("canary", 5));

        int canary = 0;
        for (int i = 0; i < 20_000; i++) {
            canary += order.of(chain).getFirst().name().equals("canary") ? 1 : 0;
        }

        assertThat(canary).isBetween(900, 1_100);
    }

    @Test
    void weight_zero_is_for_when_the_others_have_failed() {
        Random random = new Random(1);
        ChainOrder order = ChainOrder.weighted(() -> random);
        List<Profile> chain =
                List.of(
                        weighted("spare", 0),
                        weighted("a", 1),
                        weighted("last", 0),
                        weighted("b", 1));

        for (int i = 0; i < 1_000; i++) {
            assertThat(names(order.of(chain)).subList(2, 4)).containsExactly("spare", "last");
        }
    }

    @Test
    void the_least_busy_comes_first_and_equals_as_they_are_written() {
        Profile a = lab.profile("a", new FakeProvider());
        Profile b = lab.profile("b", new FakeProvider());
        Profile c = lab.profile("c", new FakeProvider());
        List<Profile> chain = List.of(a, b, c);
        ChainOrder order = ChainOrder.leastBusy();
        assertThat(names(order.of(chain))).containsExactly("a", "b", "c");

        a.traits().load().begun();
        a.traits().load().begun();
        b.traits().load().begun();
        assertThat(names(order.of(chain))).containsExactly("c", "b", "a");

        a.traits().load().ended();
        a.traits().load().ended();
        assertThat(names(order.of(chain))).containsExactly("a", "c", "b");
    }

    @Test
    void calls_under_way_are_counted_until_a_stream_is_closed_and_after_a_failure_no_more()
            throws Exception {
        FakeProvider provider = new FakeProvider().fails(FailureClass.TRANSIENT);
        Profile profile = lab.profile("a", provider);
        List<Integer> seen = new ArrayList<>();
        provider.then(_ -> {
            seen.add(profile.traits().load().underWay());
            return new FakeStream().output("x");
        });

        var routed = lab.failover(1).stream(Lab.route(profile), Lab.request(), Lab.patience());
        assertThat(seen).containsExactly(1);
        assertThat(profile.traits().load().underWay()).isEqualTo(1);
        routed.value().close();
        assertThat(profile.traits().load().underWay()).isZero();
    }

    @Test
    void the_quickest_of_late_comes_first_and_one_that_is_not_known_is_tried_now_and_then() {
        Profile a = lab.profile("a", new FakeProvider());
        Profile b = lab.profile("b", new FakeProvider());
        List<Profile> chain = List.of(a, b);
        ChainOrder order = ChainOrder.latency(now::get);

        assertThat(names(order.of(chain))).as("a's trial").containsExactly("a", "b");
        assertThat(names(order.of(chain))).as("b's trial").containsExactly("b", "a");
        assertThat(names(order.of(chain))).as("no more for now").containsExactly("a", "b");
        a.traits().load().answered(3 * SECOND, now.get());
        b.traits().load().answered(SECOND, now.get());
        for (int i = 0; i < 10; i++) {
            assertThat(names(order.of(chain))).containsExactly("b", "a");
        }

        now.addAndGet(61 * SECOND);
        b.traits().load().answered(SECOND, now.get());
        assertThat(names(order.of(chain))).as("a was not heard of").containsExactly("a", "b");
        assertThat(names(order.of(chain))).as("one request is enough").containsExactly("b", "a");
        a.traits().load().answered(SECOND / 2, now.get());
        assertThat(names(order.of(chain)))
                .as("what was long ago doesn't count")
                .containsExactly("a", "b");
    }

    @Test
    void a_failure_counts_against_a_profile_and_one_slow_answer_does_not_decide() {
        Profile a = lab.profile("a", new FakeProvider());
        Profile b = lab.profile("b", new FakeProvider());
        ChainOrder order = ChainOrder.latency(now::get);
        a.traits().load().answered(SECOND, now.get());
        b.traits().load().answered(2 * SECOND, now.get());

        a.traits().load().answered(4 * SECOND, now.get());
        assertThat(names(order.of(List.of(a, b)))).containsExactly("a", "b");

        a.traits().load().failed(SECOND / 100, now.get());
        assertThat(names(order.of(List.of(a, b)))).containsExactly("b", "a");
        for (int i = 0; i < 8; i++) {
            a.traits().load().answered(SECOND, now.get());
        }
        assertThat(names(order.of(List.of(a, b)))).as("it recovers").containsExactly("a", "b");
    }

    @Test
    void failures_of_upstreams_are_noted_and_those_of_the_request_are_not() throws Exception {
        Profile down = lab.profile("a", new FakeProvider().fails(FailureClass.UNKNOWN));
        Profile refusing = lab.profile("b", new FakeProvider().fails(FailureClass.CONTENT_POLICY));
        Profile good = lab.profile("c", new FakeProvider());

        lab.failover(0)
                .chat(
                        new Route("r", List.of(down, refusing), List.of(), List.of(good)),
                        Lab.request(),
                        Lab.patience());

        assertThat(down.traits().load().averageNanos()).isGreaterThan(9.0 * SECOND);
        assertThat(refusing.traits().load().averageNanos()).isInfinite();
        assertThat(good.traits().load().averageNanos()).isLessThan(9.0 * SECOND);
    }

    @Test
    void the_cheapest_comes_first_and_unknown_prices_last() {
        List<Profile> chain =
                List.of(
                        priced("unknown", "", ""),
                        priced("dear", "0.00001", "0.00003"),
                        priced("half-known", "0.0000001", ""),
                        priced("cheap", "0.0000001", "0.0000004"),
                        priced("free", "0", "0"));

        assertThat(names(ChainOrder.cost().of(chain)))
                .containsExactly("free", "cheap", "dear", "unknown", "half-known");
    }

    @Test
    void vectors_have_no_price_of_writing() {
        List<Profile> chain = List.of(vectors("b", "0.0000002"), vectors("a", "0.0000001"));

        assertThat(names(ChainOrder.cost().of(chain))).containsExactly("a", "b");
    }

    @Test
    void whatever_the_order_every_profile_is_tried() throws Exception {
        Random random = new Random(3);
        Profile a = lab.profile("a", new FakeProvider().fails(FailureClass.UNKNOWN));
        Profile b = lab.profile("b", new FakeProvider().fails(FailureClass.UNKNOWN));
        Profile c = lab.profile("c", new FakeProvider().fails(FailureClass.UNKNOWN));
        Profile good = spare(lab.profile("d", new FakeProvider()));
        Route route =
                new Route(
                        "r",
                        List.of(good, a, b, c),
                        List.of(),
                        List.of(),
                        ChainOrder.weighted(() -> random));

        var routed = lab.failover(0).chat(route, Lab.request(), Lab.patience());

        assertThat(routed.profile().name()).isEqualTo("d");
        assertThat(routed.attempts())
                .extracting(Attempt::profile)
                .containsExactlyInAnyOrder("a", "b", "c", "d")
                .endsWith("d");
        assertThat(routed.fallbacks()).isEqualTo(3);
    }

    private static List<String> names(List<Profile> profiles) {
        return profiles.stream().map(Profile::name).toList();
    }

    private Profile weighted(String name, int weight) {
        return with(lab.profile(name, new FakeProvider()), weight);
    }

    private static Profile spare(Profile profile) {
        return with(profile, 0);
    }

    private static Profile with(Profile p, int weight) {
        return new Profile(
                p.name(),
                p.provider(),
                p.model(),
                p.adapter(),
                p.pool(),
                p.keyRequired(),
                p.breaker(),
                p.limits(),
                p.slots(),
                p.info(),
                new Traits(weight, List.of(), new ProfileLoad(), Optional.empty()));
    }

    private Profile priced(String name, String in, String out) {
        return priced(name, ModelInfo.Mode.CHAT, price(in), price(out));
    }

    private Profile vectors(String name, String in) {
        return priced(name, ModelInfo.Mode.EMBEDDING, price(in), Optional.empty());
    }

    private static Optional<BigDecimal> price(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(text));
    }

    private Profile priced(
            String name, ModelInfo.Mode mode, Optional<BigDecimal> in, Optional<BigDecimal> out) {
        Profile p = lab.profile(name, new FakeProvider());
        return new Profile(
                p.name(),
                p.provider(),
                p.model(),
                p.adapter(),
                p.pool(),
                p.keyRequired(),
                p.breaker(),
                p.limits(),
                p.slots(),
                new ModelInfo(
                        mode,
                        Optional.empty(),
                        in,
                        out,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Json.object()),
                p.traits());
    }
}
