package io.magicproxy.mcp.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A child process that reads a message a line and writes a message a line. */
final class StdioWire implements Wire {
    private static final System.Logger LOG = System.getLogger(StdioWire.class.getName());

    /** Messages that the server hasn't read. */
    private static final int MAX_UNREAD = 256;

    /** Lines of its standard error that are kept for the reason of its end. */
    private static final int KEPT_LINES = 5;

    private static final int MAX_LINE = 300;

    /** No message is empty. */
    private static final byte[] END = new byte[0];

    private final ServerSettings.Endpoint.Program program;
    private final BlockingQueue<byte[]> unsent = new LinkedBlockingQueue<>(MAX_UNREAD);
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Deque<String> said = new ArrayDeque<>();
    private volatile Optional<Receiver> receiver = Optional.empty();
    private volatile Optional<ChildProcess> child = Optional.empty();
    private volatile boolean closed;

    StdioWire(ServerSettings.Endpoint.Program program) {
        this.program = program;
    }

    @Override
    public void open(Receiver takes) throws WireException {
        receiver = Optional.of(takes);
        try {
            ChildProcess started = ChildProcess.start(program);
            child = Optional.of(started);
            Process process = started.process();
            // Reading a pipe would hold on to a carrier of virtual threads.
            thread("out", () -> read(process.getInputStream()));
            thread("err", () -> listen(process.getErrorStream()));
            thread("in", () -> write(process.getOutputStream()));
        } catch (IOException e) {
            throw new WireException(
                    WireException.Kind.NOT_TAKEN,
                    "\""
                            + program.command().getFirst()
                            + "\" can't be started ("
                            + e.getMessage()
                            + "); correct command, or install it",
                    e);
        }
    }

    private void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name("mcp-" + name + "-" + program).start(work);
    }

    @Override
    public void ready(String protocol) {
        child.ifPresent(ChildProcess::look);
    }

    @Override
    public boolean hears() {
        return true;
    }

    @Override
    public void send(Outgoing message) throws WireException {
        if (message.wantsAnswer()) {
            waiting.add(message.id());
        }
        if (closed || !unsent.offer(message.json())) {
            waiting.remove(message.id());
            throw new WireException(
                    WireException.Kind.NOT_TAKEN,
                    closed ? ended() : "\"" + program + "\" reads none of what it is sent");
        }
    }

    @Override
    public void abandon(String id) {
        if (waiting.remove(id)) {
            var why = new WireException(WireException.Kind.CANCELLED, "the call was given up");
            receiver.ifPresent(takes -> takes.unusable(id, why));
        }
    }

    // ------------------------------------------------------------------ its streams

    private void write(OutputStream out) {
        try (out) {
            for (byte[] json = unsent.take(); json.length > 0; json = unsent.take()) {
                out.write(json);
                out.write('\n');
                out.flush();
            }
        } catch (IOException e) {
            // Its end is seen where its output ends.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(InputStream from) {
        var lines = new LineReader(from, MAX_MESSAGE);
        try (from) {
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                take(line.get());
            }
        } catch (IOException e) {
            // The same as its end.
        }
        lost();
    }

    private void take(LineReader.Line line) {
        if (!line.whole()) {
            tooLong(line.text());
            return;
        }
        if (line.text().isBlank()) {
            return;
        }
        try {
            if (Json.read(line.text()) instanceof ObjectNode message) {
                waiting.remove(message.path("id").asText());
                receiver.ifPresent(takes -> takes.message(message));
                return;
            }
        } catch (JsonProcessingException e) {
            // Told below.
        }
        // Some print there what they have to say to people.
        keep(line.text());
    }

    private void tooLong(String ends) {
        for (String id : Set.copyOf(waiting)) {
            if (ends.contains("\"" + id + "\"") && waiting.remove(id)) {
                var why =
                        new WireException(
                                WireException.Kind.TOO_LARGE,
                                "the answer has more than "
                                        + (MAX_MESSAGE >> 20)
                                        + " MiB; ask for less");
                receiver.ifPresent(takes -> takes.unusable(id, why));
            }
        }
    }

    private void listen(InputStream from) {
        var lines = new LineReader(from, MAX_MESSAGE);
        try (from) {
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                keep(line.get().text());
            }
        } catch (IOException e) {
            // It has nothing more to say.
        }
    }

    private void keep(String text) {
        String line = text.strip();
        String cut = line.length() > MAX_LINE ? line.substring(0, MAX_LINE) + "…" : line;
        synchronized (said) {
            if (!cut.isEmpty()) {
                said.add(cut);
            }
            while (said.size() > KEPT_LINES) {
                said.remove();
            }
        }
    }

    // ------------------------------------------------------------------ its end

    private void lost() {
        boolean expected = closed;
        closed = true;
        child.ifPresent(StdioWire::awaitEnd);
        if (!expected) {
            String why = ended();
            child.ifPresent(ChildProcess::close);
            receiver.ifPresent(takes -> takes.lost(why));
        }
    }

    /** Its output ends a moment before it does. */
    private static void awaitEnd(ChildProcess child) {
        try {
            var _ = child.process().waitFor(500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String ended() {
        String how =
                child.map(ChildProcess::process)
                        .map(process ->
                                process.isAlive()
                                        ? " has closed its output"
                                        : " has ended with exit code " + process.exitValue())
                        .orElse(" is not running");
        return "\"" + program + "\"" + how + said();
    }

    @Override
    public String said() {
        synchronized (said) {
            return said.isEmpty() ? "" : "; it said: " + String.join(" | ", said);
        }
    }

    @Override
    public void close() {
        closed = true;
        unsent.clear();
        if (!unsent.offer(END)) {
            LOG.log(System.Logger.Level.DEBUG, "the input of {0} is closed by force", program);
        }
        child.ifPresent(ChildProcess::close);
    }
}
