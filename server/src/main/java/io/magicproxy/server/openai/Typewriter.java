package io.magicproxy.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.upstream.SseEvent;
import io.magicproxy.upstream.SseReader;
import io.magicproxy.upstream.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An answer that flows evenly, character by character, whatever rhythm it comes in.
 *
 * <p>A thread of its own reads the source, up to a bound; the reader of this stream is given a few
 * characters at each tick, and more of them when many wait, so that nothing is delayed by more than
 * two seconds.
 */
final class Typewriter implements ChatStream {
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);

    private final ChatStream source;
    private final TypewriterQueue queue;
    private final Thread puller;

    Typewriter(ChatStream source, Duration tick) {
        this.source = source;
        this.queue = new TypewriterQueue(tick);
        this.puller = Thread.ofVirtual().name("typewriter").start(this::pull);
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        return switch (queue.take()) {
            case TypewriterQueue.Text(ObjectNode chunk, String text) ->
                    Optional.of(frame(chunk, text));
            case TypewriterQueue.Ready(byte[] events, boolean output) ->
                    Optional.of(new Frames(events, 0, events.length, output));
            case TypewriterQueue.End _ -> Optional.empty();
            case TypewriterQueue.Broken(ProviderException e) -> throw e;
            case TypewriterQueue.Stopped(RuntimeException e) -> throw e;
        };
    }

    private void pull() {
        try {
            for (Optional<Frames> frames = source.next();
                    frames.isPresent();
                    frames = source.next()) {
                take(frames.get());
            }
            queue.put(new TypewriterQueue.End());
        } catch (ProviderException e) {
            queue.put(new TypewriterQueue.Broken(e));
        } catch (RuntimeException e) {
            queue.put(new TypewriterQueue.Stopped(e));
        }
    }

    private void take(Frames frames) {
        SseReader events = SseReader.of(frames.buffer(), frames.offset(), frames.length());
        try {
            while (events.await()) {
                for (Optional<SseEvent> e = events.poll(); e.isPresent(); e = events.poll()) {
                    queue.put(item(e.get(), frames.output()));
                }
            }
        } catch (UpstreamException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    /** Only a chunk that holds nothing but one choice's text can be given out in pieces. */
    private static TypewriterQueue.Item item(SseEvent event, boolean output) {
        try {
            JsonNode chunk =
                    Json.read(event.data().array(), event.data().offset(), event.data().length());
            JsonNode choice = chunk.at("/choices/0");
            JsonNode delta = choice.path("delta");
            boolean plain =
                    chunk instanceof ObjectNode
                            && chunk.path("choices").size() == 1
                            && delta.path("content").isTextual()
                            && !delta.path("content").textValue().isEmpty()
                            && !choice.hasNonNull("finish_reason")
                            && !choice.hasNonNull("logprobs");
            if (plain) {
                return new TypewriterQueue.Text(
                        (ObjectNode) chunk, delta.get("content").textValue());
            }
        } catch (JsonProcessingException e) {
            // Not for us to judge: it goes as it is.
        }
        return new TypewriterQueue.Ready(event.raw().toBytes(), output);
    }

    private static Frames frame(ObjectNode chunk, String text) {
        ((ObjectNode) chunk.at("/choices/0/delta")).put("content", text);
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(DATA);
        out.writeBytes(Json.bytes(chunk));
        out.writeBytes(END);
        return new Frames(out.toByteArray(), 0, out.size(), true);
    }

    @Override
    public Optional<Usage> usage() {
        return source.usage();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    @Override
    public void close() {
        queue.close();
        source.close();
        // The source is closed under its reader, who ends at once.
        puller.interrupt();
    }
}
