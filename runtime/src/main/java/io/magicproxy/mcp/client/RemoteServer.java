package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.mcp.client.ServerStatus.State;
import io.magicproxy.tool.Tool;
import io.magicproxy.upstream.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One remote server: connects in the background, asks whether it lives, and comes back when it was
 * away. Its tools are there while it is.
 */
final class RemoteServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RemoteServer.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE_OWN = Duration.ofSeconds(2);

    /** One that lived so long is not in a loop of dying at once. */
    private static final Duration STABLE = Duration.ofSeconds(20);

    /** Looks in a row without a sign of life: it may have been busy. */
    private static final int MISSES = 3;

    private final ServerSettings settings;
    private final Around around;
    private final Bell bell = new Bell();
    private final RemoteCalls calls;
    private final Object change = new Object();
    private volatile State state = new State.Connecting();
    private volatile Optional<Connection> connection = Optional.empty();
    private volatile RemoteList list = RemoteList.empty();
    private volatile Optional<Connection> opened = Optional.empty();
    private volatile boolean closed;

    /**
     * What a server needs of its surroundings.
     *
     * @param wire makes a new one to this server
     * @param mask takes this server's secrets out of a text
     * @param changed is told whenever its tools may be others
     * @param version of the gateway
     */
    record Around(
            Supplier<Wire> wire,
            UnaryOperator<String> mask,
            Runnable changed,
            InstantSource clock,
            String version) {}

    /** Starts looking after it. */
    RemoteServer(ServerSettings settings, Around around) {
        this.settings = settings;
        this.around = around;
        this.calls = new RemoteCalls(this);
        var _ = Thread.ofVirtual().name("mcp-server-" + settings.name()).start(this::live);
    }

    ServerSettings settings() {
        return settings;
    }

    // ------------------------------------------------------------------ what others see

    /** None while it is down. */
    List<Tool> tools() {
        return connection.isEmpty()
                ? List.of()
                : list.tools().values().stream().<Tool>map(this::tool).toList();
    }

    Optional<Tool> find(String name) {
        Optional<RemoteSpec> known = Optional.ofNullable(list.tools().get(name));
        return known.isPresent() && awaitConnection(patience()).isPresent()
                ? Optional.ofNullable(list.tools().get(name)).map(this::tool)
                : Optional.empty();
    }

    /** What is left of it since the server went away. */
    private Duration patience() {
        Duration patience = settings.limits().patience();
        if (!(state instanceof State.Down down)) {
            return patience;
        }
        Duration left = patience.minus(Duration.between(down.since(), around.clock().instant()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Tool tool(RemoteSpec spec) {
        return new RemoteTool(spec, calls);
    }

    /** Why a tool of this name isn't there, if it is one of this server's. */
    Optional<String> absence(String name) {
        boolean ours =
                list.tools().containsKey(name)
                        || (settings.kind() == ServerSettings.Kind.OWN
                                ? list.tools().isEmpty()
                                : name.startsWith(settings.name() + "__"));
        return ours ? why() : Optional.empty();
    }

    Optional<String> why() {
        return switch (state) {
            case State.Connected _ -> Optional.empty();
            case State.Connecting _ -> Optional.of(called() + " is not connected yet");
            case State.Down(Instant _, String reason, var _) ->
                    Optional.of(called() + " is down: " + reason);
        };
    }

    private String called() {
        return settings.kind() == ServerSettings.Kind.OWN
                ? "the tool server"
                : "the MCP server \"" + settings.name() + "\"";
    }

    ServerStatus status() {
        return new ServerStatus(
                settings.name(),
                settings.endpoint().toString(),
                state,
                tools().size(),
                list.problems());
    }

    /** Waits until the first attempt to connect has come to an end. */
    void awaitFirst(Duration limit) {
        until(() -> !(state instanceof State.Connecting), limit);
    }

    /** The connection, if there is one in time. */
    Optional<Connection> awaitConnection(Duration limit) {
        until(() -> connection.isPresent(), limit);
        return connection;
    }

    /** Another than this one, which has failed. */
    Optional<Connection> awaitOther(Connection than, Duration limit) {
        until(() -> connection.filter(now -> now != than).isPresent(), limit);
        return connection.filter(now -> now != than);
    }

    private interface Check {
        boolean holds();
    }

    private void until(Check check, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (change) {
            try {
                long left = limit.toMillis();
                while (!check.holds() && !closed && left > 0) {
                    change.wait(left);
                    left = (end - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ------------------------------------------------------------------ its life

    /** The server should be asked at once whether it lives. */
    void suspect() {
        bell.ring(Bell.Reason.SUSPECT);
    }

    private void live() {
        int failures = 0;
        int shortLives = 0;
        while (!closed) {
            String reason;
            try {
                reason = connected();
            } catch (WireException e) {
                reason = e.text();
            } catch (RemoteError e) {
                reason = "it refuses: " + e.text();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "looking after " + called() + " failed", e);
                reason = "the gateway failed; its log says why";
            }
            if (state instanceof State.Connected life) {
                failures = 0;
                shortLives = stable(life) ? 0 : shortLives + 1;
            } else {
                failures++;
            }
            down(around.mask().apply(reason), pause(Math.max(failures, shortLives)));
        }
    }

    private boolean stable(State.Connected life) {
        return Duration.between(life.since(), around.clock().instant()).compareTo(STABLE) > 0;
    }

    /** Returns when it is gone, and says why. */
    private String connected() throws WireException, RemoteError {
        if (settings.missing().isPresent()) {
            return settings.missing().get();
        }
        try (Connection made = calls.connect(around)) {
            opened = Optional.of(made);
            if (closed) {
                return "it was taken out of the configuration";
            }
            String server = new Handshake(settings, around.version()).with(made);
            RemoteList offered = listed(made);
            up(made, offered, server);
            return watched(made);
        }
    }

    private String watched(Connection made) throws WireException, RemoteError {
        int misses = 0;
        while (!closed) {
            Optional<Bell.Reason> rung =
                    bell.await(misses == 0 ? settings.limits().pingEvery() : Duration.ZERO);
            if (made.lost().isPresent()) {
                return made.lost().get();
            }
            if (rung.equals(Optional.of(Bell.Reason.LIST))) {
                update(listed(made));
                continue;
            }
            misses = alive(made) ? 0 : misses + 1;
            if (misses == MISSES) {
                return "it gives no sign of life";
            }
            if (misses == 0 && !made.hears()) {
                update(listed(made));
            }
        }
        return "it was taken out of the configuration";
    }

    /** False if it said nothing in time. */
    private boolean alive(Connection made) throws WireException {
        try {
            var _ = made.request("ping", Asking.nothing(), limit());
            return true;
        } catch (RemoteError e) {
            return true;
        } catch (WireException e) {
            if (e.kind() == WireException.Kind.CANCELLED && made.lost().isEmpty()) {
                return false;
            }
            throw e;
        }
    }

    private Cancellation limit() {
        return new Cancellation(settings.limits().connect());
    }

    private RemoteList listed(Connection made) throws WireException, RemoteError {
        List<JsonNode> all = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            ObjectNode page = made.request("tools/list", Asking.page(cursor), limit());
            page.path("tools").forEach(all::add);
            cursor =
                    Optional.of(page.path("nextCursor").asText(""))
                            .filter(next -> !next.isEmpty() && !page.path("tools").isEmpty());
        } while (cursor.isPresent() && all.size() <= Asking.MAX_LISTED);
        return RemoteList.of(all, settings);
    }

    private void up(Connection made, RemoteList offered, String server) {
        set(new State.Connected(around.clock().instant(), server), Optional.of(made), offered);
        LOG.log(Level.INFO, "{0} is connected: {1} tools", called(), offered.tools().size());
        report(offered);
    }

    private void update(RemoteList offered) {
        if (!offered.listed().equals(list.listed())) {
            list = offered;
            report(offered);
            around.changed().run();
        }
    }

    private void report(RemoteList offered) {
        offered.problems()
                .forEach(problem ->
                        LOG.log(Level.WARNING, "{0}: {1}", called(), around.mask().apply(problem)));
    }

    private void down(String reason, Duration pause) {
        if (closed) {
            return;
        }
        Instant now = around.clock().instant();
        boolean news = !(state instanceof State.Down);
        Instant since = state instanceof State.Down before ? before.since() : now;
        if (news) {
            LOG.log(Level.WARNING, "{0} is down: {1}", called(), reason);
        }
        set(new State.Down(since, reason, Optional.of(now.plus(pause))), Optional.empty(), list);
        bell.awaitClose(pause);
        if (!closed) {
            set(new State.Down(since, reason, Optional.empty()), Optional.empty(), list);
        }
    }

    private void set(State now, Optional<Connection> made, RemoteList offered) {
        boolean same = made.equals(connection);
        synchronized (change) {
            if (closed && made.isPresent()) {
                return;
            }
            list = offered;
            connection = made;
            state = now;
            change.notifyAll();
        }
        if (!same) {
            around.changed().run();
        }
    }

    /** Doubles from one failure to the next, a little by chance: others wait for it, too. */
    private Duration pause(int failures) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        Duration longest =
                settings.kind() == ServerSettings.Kind.OWN ? LONGEST_PAUSE_OWN : LONGEST_PAUSE;
        Duration bounded = pause.compareTo(longest) < 0 ? pause : longest;
        return Duration.ofMillis(
                (long) (bounded.toMillis() * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }

    Bell bell() {
        return bell;
    }

    @Override
    public void close() {
        closed = true;
        bell.close();
        opened.ifPresent(Connection::close);
        set(
                new State.Down(
                        around.clock().instant(),
                        "it was taken out of the configuration",
                        Optional.empty()),
                Optional.empty(),
                RemoteList.empty());
    }
}
