package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.upstream.Cancellation.Reason;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Time-outs and cancellation: whatever an attempt waits for, it ends, and takes nothing with it.
 */
@Timeout(60)
class AttemptLimitsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG);
    private static final int LIMIT = 1 << 20;

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HelidonUpstreamClient client =
            new HelidonUpstreamClient(UpstreamConfig.defaults());
    private final UpstreamTarget target = UpstreamTarget.of(upstream.uri("/v1/chat"), List.of());

    @AfterEach
    void close() {
        client.close();
        upstream.close();
    }

    @Test
    void headers_that_do_not_come_end_in_a_response_timeout() {
        upstream.enqueue(Reply.hang(), Reply.trickleHeaders(Duration.ofMillis(20)));
        var timeouts = new Timeouts(LONG, SHORT, LONG);
        for (int i = 0; i < 2; i++) {
            assertThat(failure(timeouts)).isEqualTo(Kind.RESPONSE_TIMEOUT);
            upstream.awaitClosed(LONG);
        }
        assertThat(client.connections()).isZero();
    }

    @Test
    void a_body_that_trickles_ends_in_a_total_timeout() {
        upstream.enqueue(
                Reply.trickle(Duration.ofMillis(20)),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
                        .ending(Reply.Ending.HANG));
        // Long enough for the request to have come, on a busy machine too.
        var timeouts = new Timeouts(LONG, LONG, Duration.ofSeconds(2));
        for (int i = 0; i < 2; i++) {
            assertThat(failure(timeouts)).isEqualTo(Kind.TOTAL_TIMEOUT);
            upstream.awaitClosed(LONG);
        }
    }

    @Test
    void a_stream_without_a_first_output_ends_in_a_response_timeout() throws Exception {
        upstream.enqueue(Reply.sse("a", "b").hangAfter(1));
        var timeouts = new Timeouts(LONG, SHORT, LONG);
        try (var reply = client.send(post(timeouts), new Cancellation())) {
            reply.awaitFirstOutput();
            assertThat(failureOf(() -> reply.body(LIMIT))).isEqualTo(Kind.RESPONSE_TIMEOUT);
        }
        upstream.awaitClosed(LONG);
    }

    @Test
    void a_stream_may_take_longer_than_the_response_timeout_once_it_has_begun() throws Exception {
        upstream.enqueue(Reply.sse("a", "b", "c").every(SHORT));
        var timeouts = new Timeouts(LONG, SHORT.plusMillis(150), LONG);
        try (var reply = client.send(post(timeouts), new Cancellation())) {
            reply.awaitFirstOutput();
            var events = new SseReader(reply, LIMIT);
            assertThat(events.await()).isTrue();
            reply.firstOutputSeen();
            int count = 0;
            while (events.await()) {
                count += events.poll().isPresent() ? 1 : 0;
            }
            assertThat(count).isEqualTo(3);
        }
        assertThat(client.connections()).isEqualTo(1);
    }

    @Test
    void a_host_that_takes_no_connection_ends_in_a_connect_timeout() throws Exception {
        var pending = new ArrayList<Socket>();
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Nobody accepts: once the backlog is full, the kernel drops what comes.
            for (int i = 0; i < 3; i++) {
                pending.add(connectingTo(full));
            }
            var deaf =
                    UpstreamTarget.of(
                            URI.create("http://127.0.0.1:" + full.getLocalPort() + "/"), List.of());
            var timeouts = new Timeouts(SHORT, LONG, LONG);
            assertThat(
                            failureOf(() ->
                                    client.send(
                                            UpstreamRequest.get(deaf, List.of(), timeouts),
                                            new Cancellation())))
                    .isEqualTo(Kind.CONNECT_TIMEOUT);
            var cancellation = new Cancellation();
            Future<Kind> kind =
                    inBackground(() ->
                            client.send(
                                    UpstreamRequest.get(deaf, List.of(), PATIENT), cancellation));
            assertThat(kind.isDone()).isFalse();
            cancellation.cancel(Reason.CLIENT_GONE);
            assertThat(kind.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
        } finally {
            for (Socket socket : pending) {
                socket.close();
            }
        }
    }

    @Test
    void a_cancelled_request_ends_at_once_before_the_headers() throws Exception {
        upstream.enqueue(Reply.hang());
        var cancellation = new Cancellation();
        Future<Kind> kind = inBackground(() -> client.send(post(PATIENT), cancellation));
        upstream.awaitRequest(LONG);
        cancellation.cancel(Reason.CLIENT_GONE);
        assertThat(kind.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
        upstream.awaitClosed(LONG);
        assertThat(client.connections()).isZero();
    }

    @Test
    void a_cancelled_request_ends_at_once_in_the_middle_of_a_stream() throws Exception {
        upstream.enqueue(Reply.sse("a", "b").hangAfter(1));
        var cancellation = new Cancellation();
        Future<Kind> kind =
                inBackground(() -> client.send(post(PATIENT), cancellation).body(LIMIT));
        upstream.awaitRequest(LONG);
        cancellation.cancel(Reason.SHUTDOWN);
        assertThat(kind.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
        upstream.awaitClosed(LONG);
    }

    @Test
    void a_request_that_is_cancelled_already_is_not_sent() {
        var cancellation = new Cancellation();
        cancellation.cancel(Reason.CLIENT_GONE);
        assertThat(failureOf(() -> client.send(post(PATIENT), cancellation)))
                .isEqualTo(Kind.CANCELLED);
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void the_deadline_of_the_whole_request_cancels_the_attempt() {
        upstream.enqueue(Reply.hang());
        var cancellation = new Cancellation(SHORT);
        assertThat(failureOf(() -> client.send(post(PATIENT), cancellation)))
                .isEqualTo(Kind.CANCELLED);
        assertThat(cancellation.reason()).contains(Reason.DEADLINE);
    }

    @Test
    void closing_a_reply_before_its_end_hangs_up() throws Exception {
        upstream.enqueue(Reply.sse("a", "b").hangAfter(1));
        try (var reply = client.send(post(PATIENT), new Cancellation())) {
            assertThat(reply.read(new byte[100], 0, 100)).isPositive();
        }
        upstream.awaitClosed(LONG);
        assertThat(client.connections()).isZero();
    }

    @Test
    void closing_the_client_breaks_what_is_under_way() throws Exception {
        upstream.enqueue(Reply.hang());
        Future<Kind> kind = inBackground(() -> client.send(post(PATIENT), new Cancellation()));
        upstream.awaitRequest(LONG);
        client.close();
        assertThat(kind.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
        assertThat(failureOf(() -> client.send(post(PATIENT), new Cancellation())))
                .isEqualTo(Kind.CANCELLED);
    }

    @Test
    void an_interrupted_thread_gives_up_and_stays_interrupted() throws Exception {
        upstream.enqueue(Reply.hang());
        var interrupted = new CountDownLatch(1);
        var kind = new ArrayList<Kind>();
        Thread thread =
                Thread.startVirtualThread(() -> {
                    kind.add(failureOf(() -> client.send(post(PATIENT), new Cancellation())));
                    if (Thread.currentThread().isInterrupted()) {
                        interrupted.countDown();
                    }
                });
        upstream.awaitRequest(LONG);
        thread.interrupt();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kind).containsExactly(Kind.CANCELLED);
    }

    @Test
    void a_late_cancel_hits_neither_the_thread_nor_the_next_user_of_the_connection()
            throws Exception {
        upstream.always(request -> Reply.json(200, request.text()));
        var wrong = new AtomicInteger();
        var cancelled = new AtomicInteger();
        try (var cancellers = Executors.newVirtualThreadPerTaskExecutor();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 8; caller++) {
                int seed = caller;
                callers.execute(() -> callOften(seed, cancellers, wrong, cancelled));
            }
        }
        assertThat(wrong).hasValue(0);
        assertThat(cancelled.get()).as("some cancels must have come in time").isPositive();
    }

    private void callOften(
            int seed, Executor cancellers, AtomicInteger wrong, AtomicInteger cancelled) {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            var cancellation = new Cancellation();
            boolean doomed = random.nextBoolean();
            if (doomed) {
                cancellers.execute(() -> cancellation.cancel(Reason.CLIENT_GONE));
            }
            String body = seed + ":" + i;
            try (var reply = client.send(post(body, PATIENT), cancellation)) {
                if (!body.equals(new String(reply.body(LIMIT), UTF_8))) {
                    wrong.incrementAndGet();
                }
            } catch (UpstreamException e) {
                cancelled.incrementAndGet();
                if (!doomed || e.kind() != Kind.CANCELLED) {
                    wrong.incrementAndGet();
                }
            }
            if (Thread.interrupted()) {
                wrong.incrementAndGet();
            }
        }
    }

    private UpstreamRequest post(Timeouts timeouts) {
        return post("{}", timeouts);
    }

    private UpstreamRequest post(String body, Timeouts timeouts) {
        return UpstreamRequest.post(target, List.of(), body.getBytes(UTF_8), timeouts);
    }

    private Kind failure(Timeouts timeouts) {
        return failureOf(() -> {
            try (var reply = client.send(post(timeouts), new Cancellation())) {
                return reply.body(LIMIT);
            }
        });
    }

    private static Kind failureOf(Callable<?> call) {
        try {
            throw new AssertionError("no failure but " + call.call());
        } catch (UpstreamException e) {
            return e.kind();
        } catch (Exception e) {
            throw new AssertionError("not the typed failure", e);
        }
    }

    private static Future<Kind> inBackground(Callable<?> call) {
        var task = new FutureTask<>(() -> failureOf(call));
        Thread.startVirtualThread(task);
        return task;
    }

    private static Socket connectingTo(ServerSocket server) throws IOException {
        var socket = new Socket();
        Thread.startVirtualThread(() -> {
            try {
                socket.connect(server.getLocalSocketAddress());
            } catch (IOException e) {
                // Closed at the end of the test.
            }
        });
        return socket;
    }
}
