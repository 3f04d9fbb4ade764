package io.magicproxy.provider.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.BodyEdit;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.RateLimits;
import io.magicproxy.provider.UpstreamCalls;
import io.magicproxy.provider.openai.ChunkScan.Kind;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Slice;
import io.magicproxy.upstream.SseEvent;
import io.magicproxy.upstream.SseReader;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream whose bytes go through: events that came together leave together. */
final class OpenAiStream implements ChatStream {
    private static final int MAX_EVENT_BYTES = 16 * 1024 * 1024;
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final RequestScanner SCANNER = new RequestScanner(64);

    private final UpstreamReply reply;
    private final Cancellation cancellation;
    private final boolean passUsage;
    private final List<String> notes;
    private final SseReader events;
    private final ChunkScan scan = new ChunkScan();

    /**
     * A chunk without choices that waits for one with choices: many clients read {@code choices[0]}
     * unasked.
     */
    private byte @Nullable [] choiceless;

    private @Nullable ProviderException broken;
    private long outputs;
    private boolean done;

    OpenAiStream(
            UpstreamReply reply, Cancellation cancellation, boolean passUsage, List<String> notes) {
        this.reply = reply;
        this.cancellation = cancellation;
        this.passUsage = passUsage;
        this.notes = notes;
        this.events = new SseReader(reply, MAX_EVENT_BYTES);
        reply.awaitFirstOutput();
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        while (true) {
            Optional<Frames> frames = ready();
            if (frames.isPresent()) {
                return frames;
            }
            if (broken != null) {
                throw broken;
            }
            if (done) {
                return Optional.empty();
            }
            await();
        }
    }

    /** As many events as are here and can leave with one write. */
    private Optional<Frames> ready() {
        Optional<Frames> frames = whatIsHere();
        if (done && frames.isEmpty() && choiceless != null && passUsage) {
            // No chunk follows that could carry it, and this caller expects one without choices.
            byte[] last = choiceless;
            choiceless = null;
            return Optional.of(event(last, false));
        }
        return frames;
    }

    private Optional<Frames> whatIsHere() {
        Run run = new Run();
        while (!done && broken == null) {
            Optional<SseEvent> next = events.poll();
            if (next.isEmpty()) {
                break;
            }
            SseEvent event = next.get();
            Kind kind = scan(event);
            switch (kind) {
                case OUTPUT, LIFECYCLE -> {
                    if (choiceless != null) {
                        return Optional.of(merged(event.data(), kind == Kind.OUTPUT));
                    }
                    run.add(event.raw(), kind == Kind.OUTPUT);
                }
                case USAGE -> {
                    if (passUsage) {
                        run.add(event.raw(), false);
                    } else if (run.started()) {
                        return run.frames();
                    }
                }
                case CHOICELESS -> {
                    byte[] data = event.data().toBytes();
                    choiceless = choiceless == null ? data : joined(data, choiceless);
                    if (run.started()) {
                        return run.frames();
                    }
                }
                case DONE -> done = true;
                case BROKEN -> {}
            }
        }
        return run.frames();
    }

    private Kind scan(SseEvent event) {
        try {
            Kind kind = scan.scan(event.name(), event.data());
            if (kind == Kind.OUTPUT && outputs++ == 0) {
                reply.firstOutputSeen();
            }
            return kind;
        } catch (ProviderException e) {
            // What came before it is delivered first.
            broken = e;
            return Kind.BROKEN;
        }
    }

    private void await() throws ProviderException {
        try {
            if (events.await()) {
                return;
            }
        } catch (UpstreamException e) {
            throw UpstreamCalls.failure(e, cancellation);
        }
        if (events.truncated() || !scan.finished()) {
            throw Faults.transientAnswer(
                    "the provider's stream ended before the answer was complete");
        }
        // Some servers leave the end mark out; a reason to finish says as much.
        done = true;
    }

    /** The chunk with the fields of the one without choices that came before it. */
    private Frames merged(Slice chunk, boolean output) {
        byte[] waiting = Objects.requireNonNull(choiceless);
        choiceless = null;
        return event(joined(chunk.toBytes(), waiting), output);
    }

    /** A chunk with the fields of an earlier one that it hasn't itself. */
    private static byte[] joined(byte[] chunk, byte[] earlier) {
        try {
            BodyEdit edit = SCANNER.scan(chunk).edit();
            for (Map.Entry<String, JsonNode> field : SCANNER.scan(earlier).json().properties()) {
                edit.setIfAbsent(field.getKey(), Json.bytes(field.getValue()));
            }
            return edit.toBytes();
        } catch (MalformedRequestException e) {
            // A chunk with a field twice, say: it goes as it is.
            return chunk;
        }
    }

    private static Frames event(byte[] data, boolean output) {
        var out = new ByteArrayOutputStream(data.length + 8);
        out.writeBytes(DATA);
        out.writeBytes(data);
        out.writeBytes(END);
        return new Frames(out.toByteArray(), 0, out.size(), output);
    }

    @Override
    public Optional<Usage> usage() {
        return scan.usage();
    }

    /** Such providers send a chunk for each. */
    @Override
    public long tokensSeen() {
        return outputs;
    }

    @Override
    public RateLimits limits() {
        return RateLimits.of(reply::header);
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        if (done) {
            reply.drain();
        }
        reply.close();
    }

    /** Events that stand one after the other in the reader's buffer. */
    private static final class Run {
        private @Nullable Slice first;
        private int end;
        private boolean output;

        void add(Slice raw, boolean isOutput) {
            if (first == null) {
                first = raw;
            }
            end = raw.end();
            output |= isOutput;
        }

        boolean started() {
            return first != null;
        }

        Optional<Frames> frames() {
            return first == null
                    ? Optional.empty()
                    : Optional.of(
                            new Frames(
                                    first.array(), first.offset(), end - first.offset(), output));
        }
    }
}
