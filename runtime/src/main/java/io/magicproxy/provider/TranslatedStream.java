package io.magicproxy.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatTranslation.StreamDecoder;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.SseEvent;
import io.magicproxy.upstream.SseReader;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A vendor's stream, read event by event and written as OpenAI's chunks. */
final class TranslatedStream implements ChatStream {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int MAX_EVENT_BYTES = 16 * 1024 * 1024;

    private final UpstreamReply reply;
    private final Cancellation cancellation;
    private final List<String> notes;
    private final SseReader sse;
    private final StreamDecoder decoder;
    private final ChunkWriter writer;
    private final List<StreamEvent> events = new ArrayList<>();
    private Optional<Usage> usage = Optional.empty();
    private @Nullable ProviderException broken;
    private long characters;
    private boolean begun;
    private boolean ended;

    TranslatedStream(
            UpstreamReply reply,
            Cancellation cancellation,
            ChatTranslation translation,
            ChunkWriter writer) {
        this.reply = reply;
        this.cancellation = cancellation;
        this.notes = translation.notes();
        this.decoder = translation.streamDecoder();
        this.writer = writer;
        this.sse = new SseReader(reply, MAX_EVENT_BYTES);
        reply.awaitFirstOutput();
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        while (!ended) {
            if (broken != null) {
                throw broken;
            }
            await();
            decodeWhatIsHere();
            Optional<Frames> frames = frames(closing());
            if (frames.isPresent()) {
                return frames;
            }
        }
        return Optional.empty();
    }

    private void await() throws ProviderException {
        try {
            if (sse.await()) {
                return;
            }
        } catch (UpstreamException e) {
            throw UpstreamCalls.failure(e, cancellation);
        }
        if (!decoder.finished()) {
            throw Faults.transientAnswer(
                    "the provider's stream ended before the answer was complete");
        }
        ended = true;
    }

    /** What stands before an error is delivered first. */
    private void decodeWhatIsHere() {
        try {
            for (Optional<SseEvent> e = sse.poll(); e.isPresent(); e = sse.poll()) {
                decoder.accept(e.get().name(), parse(e.get()), events::add);
            }
        } catch (ProviderException e) {
            broken = e;
        }
    }

    private static JsonNode parse(SseEvent event) throws ProviderException {
        try {
            return Json.read(event.data().array(), event.data().offset(), event.data().length());
        } catch (JsonProcessingException e) {
            throw Faults.transientAnswer(
                    "the provider's stream holds an event that is no JSON: "
                            + e.getOriginalMessage());
        }
    }

    /** The usage comes last, as OpenAI has it: vendors tell it in several pieces. */
    private byte[] closing() {
        for (StreamEvent event : events) {
            if (event instanceof StreamEvent.UsageReport(Usage latest)) {
                usage = Optional.of(latest);
            }
        }
        return ended ? usage.map(writer::writeUsage).orElseGet(() -> new byte[0]) : new byte[0];
    }

    private Optional<Frames> frames(byte[] closing) {
        boolean output = events.stream().anyMatch(StreamEvent::isOutput);
        for (StreamEvent event : events) {
            characters += event.characters();
        }
        byte[] chunks = writer.write(events);
        events.clear();
        if (output && !begun) {
            begun = true;
            reply.firstOutputSeen();
        }
        if (chunks.length + closing.length == 0) {
            return Optional.empty();
        }
        byte[] all = Arrays.copyOf(chunks, chunks.length + closing.length);
        System.arraycopy(closing, 0, all, chunks.length, closing.length);
        return Optional.of(new Frames(all, 0, all.length, output));
    }

    @Override
    public Optional<Usage> usage() {
        return usage;
    }

    @Override
    public long tokensSeen() {
        return characters / CHARACTERS_PER_TOKEN;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        reply.close();
    }
}
