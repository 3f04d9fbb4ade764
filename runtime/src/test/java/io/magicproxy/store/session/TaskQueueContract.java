package io.magicproxy.store.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.TaskQueue.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link TaskQueue} must do. */
public abstract class TaskQueueContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int CAPACITY = 3;

    private volatile Instant now = Drafts.THEN;
    private TaskQueue queue;

    /** Opens the test's one queue in a new process, so to speak; the one before is closed. */
    protected abstract TaskQueue open(InstantSource clock, Duration lease, int capacity)
            throws Exception;

    /** In which a task that is there is found. */
    protected Duration aMoment() {
        return Duration.ZERO;
    }

    @BeforeEach
    void begin() throws Exception {
        reopen();
    }

    private void reopen() throws Exception {
        queue = open(() -> now, LEASE, CAPACITY);
    }

    private Lease taken() throws Exception {
        return queue.take("worker", LONG).orElseThrow();
    }

    private void assertEmpty() throws Exception {
        assertThat(queue.take("worker", aMoment())).isEmpty();
    }

    private void after(Duration time) {
        now = now.plus(time);
    }

    @Test
    void tasks_are_taken_in_the_order_in_which_they_came() throws Exception {
        for (String run : List.of("c", "a", "b")) {
            assertThat(queue.offer(run)).isTrue();
        }
        for (String run : List.of("c", "a", "b")) {
            Lease lease = taken();
            assertThat(lease.runId()).isEqualTo(run);
            assertThat(lease.attempt()).isEqualTo(1);
        }
        assertEmpty();
    }

    @Test
    void a_full_queue_refuses_a_run_but_takes_back_one_that_ought_to_be_in() throws Exception {
        for (String run : List.of("a", "b", "c")) {
            assertThat(queue.offer(run)).isTrue();
        }
        assertThat(queue.offer("d")).isFalse();
        assertThat(queue.offer("a")).isTrue();
        assertThat(queue.waiting()).isEqualTo(3);
        queue.restore("e");
        assertThat(queue.waiting()).isEqualTo(4);

        taken();
        assertThat(queue.offer("d")).isFalse();
        taken();
        assertThat(queue.offer("d")).isTrue();
        assertThat(queue.waiting()).isEqualTo(3);
    }

    @Test
    void restoring_twice_or_while_it_is_leased_changes_nothing() throws Exception {
        queue.restore("a");
        queue.restore("b");
        queue.restore("a");
        assertThat(queue.waiting()).isEqualTo(2);
        Lease lease = taken();
        queue.restore("a");
        assertThat(queue.offer("a")).isTrue();
        assertThat(lease.renew()).isTrue();
        assertThat(taken().runId()).isEqualTo("b");
        assertEmpty();

        lease.complete();
        queue.restore("a");
        assertThat(taken().attempt()).isEqualTo(1);
    }

    @Test
    void a_completed_task_is_gone() throws Exception {
        queue.offer("a");
        Lease lease = taken();
        lease.complete();
        lease.complete();
        assertThat(lease.renew()).isFalse();
        after(LEASE.multipliedBy(2));
        assertEmpty();
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void a_released_task_is_the_next_and_was_no_attempt() throws Exception {
        queue.offer("a");
        queue.offer("b");
        Lease first = taken();
        first.release();
        assertThat(queue.waiting()).isEqualTo(2);
        assertThat(first.renew()).isFalse();
        Lease second = taken();
        assertThat(second.runId()).isEqualTo("a");
        assertThat(second.attempt()).isEqualTo(1);

        first.release();
        first.complete();
        assertThat(first.renew()).isFalse();
        assertThat(second.renew()).isTrue();
    }

    @Test
    void a_task_whose_worker_is_silent_comes_to_another_one() throws Exception {
        queue.offer("a");
        queue.offer("b");
        Lease first = taken();
        after(LEASE.minusMillis(1));
        assertThat(queue.waiting()).isEqualTo(1);
        after(Duration.ofMillis(1));
        assertThat(queue.waiting()).isEqualTo(2);
        Lease second = taken();
        assertThat(second.runId()).isEqualTo("a");
        assertThat(second.attempt()).isEqualTo(2);

        assertThat(first.renew()).isFalse();
        first.complete();
        first.release();
        assertThat(second.renew()).isTrue();
        after(LEASE);
        assertThat(taken().attempt()).isEqualTo(3);
    }

    @Test
    void a_lease_lasts_as_long_as_it_is_renewed() throws Exception {
        queue.offer("a");
        Lease lease = taken();
        for (int i = 0; i < 5; i++) {
            after(LEASE.minusMillis(1));
            assertThat(lease.renew()).isTrue();
            assertEmpty();
        }
        after(LEASE.plusSeconds(9));
        assertThat(lease.renew()).isTrue();
        assertEmpty();
    }

    @Test
    void releases_are_not_counted_and_deaths_are() throws Exception {
        queue.offer("a");
        taken();
        after(LEASE);
        taken().release();
        taken().release();
        taken();
        after(LEASE);
        assertThat(taken().attempt()).isEqualTo(3);
    }

    @Test
    void nobody_who_is_dead_holds_a_task() throws Exception {
        queue.offer("a");
        queue.offer("b");
        queue.offer("c");
        taken();
        taken().complete();
        reopen();
        assertThat(queue.waiting()).isEqualTo(2);
        Lease lease = taken();
        assertThat(lease.runId()).isEqualTo("a");
        assertThat(lease.attempt()).isEqualTo(2);
        assertThat(taken().runId()).isEqualTo("c");
    }

    @Test
    void a_worker_that_waits_gets_what_comes() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lease> offered = threads.submit(this::awaited);
            queue.offer("a");
            offered.get();
            Future<Lease> restored = threads.submit(this::awaited);
            queue.restore("b");
            Lease lease = restored.get();
            Future<Lease> released = threads.submit(this::awaited);
            lease.release();
            assertThat(released.get().runId()).isEqualTo("b");
        }
    }

    private Lease awaited() throws Exception {
        return queue.take("worker", LONG).orElseThrow();
    }

    @Test
    void a_worker_that_waits_gets_what_a_dead_one_had() throws Exception {
        TaskQueue real = open(InstantSource.system(), Duration.ofMillis(200), CAPACITY);
        real.offer("a");
        assertThat(real.take("dead", LONG)).isPresent();
        assertThat(real.take("worker", LONG).orElseThrow().attempt()).isEqualTo(2);
    }

    @Test
    void a_worker_waits_no_longer_than_it_wants_and_can_be_interrupted() throws Exception {
        assertThat(queue.take("worker", Duration.ofMillis(50))).isEmpty();
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread waiting =
                Thread.ofVirtual()
                        .start(() ->
                                assertThatExceptionOfType(InterruptedException.class)
                                        .isThrownBy(() -> {
                                            try {
                                                queue.take("worker", LONG);
                                            } catch (InterruptedException e) {
                                                interrupted.countDown();
                                                throw e;
                                            }
                                        }));
        waiting.interrupt();
        waiting.join();
        assertThat(interrupted.getCount()).isZero();
        queue.offer("a");
        assertThat(taken().runId()).isEqualTo("a");
    }

    @Test
    void of_many_workers_each_task_comes_to_one() throws Exception {
        int tasks = 400;
        Set<String> taken = ConcurrentHashMap.newKeySet();
        CountDownLatch left = new CountDownLatch(tasks);
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int w = 0; w < 16; w++) {
            String worker = "worker" + w;
            workers.add(() -> work(worker, taken, left));
        }
        workers.add(() -> fill(tasks));
        int twice = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> done : threads.invokeAll(workers)) {
                twice += done.get();
            }
        }
        assertThat(twice).isZero();
        assertThat(taken).hasSize(tasks);
        assertThat(queue.waiting()).isZero();
    }

    private int fill(int tasks) throws StoreException {
        for (int i = 0; i < tasks; i++) {
            queue.restore("r" + i);
        }
        return 0;
    }

    /** Returns how many it got that another one had got before. */
    private int work(String worker, Set<String> taken, CountDownLatch left) throws Exception {
        int twice = 0;
        while (left.getCount() > 0) {
            var lease = queue.take(worker, Duration.ofMillis(20));
            if (lease.isPresent()) {
                twice += taken.add(lease.get().runId()) ? 0 : 1;
                lease.get().complete();
                left.countDown();
            }
        }
        return twice;
    }
}
