package io.magicproxy.server.typewriter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A stream that comes and is typed, in a time that only passes as it is told to. */
final class TypingScene {
    private static final long MILLI = 1_000_000;

    private final Typing typing;
    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    final List<Sent> sent = new ArrayList<>();
    Optional<Item.Ending> ending = Optional.empty();
    double endedAt;
    private long now;

    private record Arrival(long at, Item item) {}

    /**
     * An event as the client gets it.
     *
     * @param at in milliseconds
     */
    record Sent(double at, JsonNode chunk) {
        String text() {
            return delta("content");
        }

        String delta(String field) {
            return chunk.at("/choices/0/delta").path(field).asText("");
        }
    }

    TypingScene(Duration step) {
        this.typing = new Typing(step);
    }

    TypingScene() {
        this(Duration.ofMillis(15));
    }

    /** Comes at that time, in milliseconds. */
    TypingScene at(double millis, String json) {
        arrivals.add(new Arrival((long) (millis * MILLI), item(json)));
        return this;
    }

    TypingScene at(double millis, Item item) {
        arrivals.add(new Arrival((long) (millis * MILLI), item));
        return this;
    }

    static Item item(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return ChunkReader.read(bytes)
                .<Item>map(chunk -> chunk)
                .orElseGet(() -> new Item.Whole(("data: " + json + "\n\n").getBytes(UTF_8), true));
    }

    /** Until the stream has ended, or all that came is sent. */
    TypingScene play() throws JsonProcessingException {
        while (true) {
            while (!arrivals.isEmpty() && arrivals.getFirst().at <= now) {
                typing.offer(arrivals.removeFirst().item, now);
            }
            switch (typing.poll(now)) {
                case Typing.Send(byte[] events, boolean _) -> read(new String(events, UTF_8));
                case Typing.Wait(long nanos) -> {
                    if (nanos <= 0) {
                        throw new AssertionError("told to wait for " + nanos);
                    }
                    pass(nanos);
                }
                case Typing.Idle _ -> {
                    if (arrivals.isEmpty()) {
                        return this;
                    }
                    now = arrivals.getFirst().at;
                }
                case Typing.End(Item.Ending how) -> {
                    ending = Optional.of(how);
                    endedAt = (double) now / MILLI;
                    return this;
                }
            }
        }
    }

    /** As somebody who waits is woken by what comes. */
    private void pass(long nanos) {
        now =
                arrivals.isEmpty()
                        ? now + nanos
                        : Math.min(now + nanos, Math.max(now, arrivals.getFirst().at));
    }

    private void read(String events) throws JsonProcessingException {
        for (String event : events.split("\n\n", -1)) {
            if (!event.isEmpty()) {
                sent.add(
                        new Sent(
                                (double) now / MILLI,
                                Json.read(event.substring("data: ".length()))));
            }
        }
    }

    boolean full() {
        return typing.full();
    }

    /** All texts of a field of a choice, joined. */
    String text(int choice, String field) {
        var all = new StringBuilder();
        pieces(choice, field).forEach(all::append);
        return all.toString();
    }

    List<String> pieces(int choice, String field) {
        return sent.stream()
                .flatMap(s -> s.chunk.path("choices").valueStream())
                .filter(c -> c.path("index").asInt() == choice)
                .map(c -> c.path("delta").path(field).asText(""))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    List<String> pieces() {
        return pieces(0, "content");
    }

    /** A chunk of one choice. */
    static String chunk(int choice, String field, String text) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":"
                + choice
                + ",\"delta\":{\""
                + field
                + "\":"
                + JsonTexts.quoted(text)
                + "},\"finish_reason\":null}]}";
    }

    static String chunk(String text) {
        return chunk(0, "content", text);
    }

    static String finish() {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    }
}
