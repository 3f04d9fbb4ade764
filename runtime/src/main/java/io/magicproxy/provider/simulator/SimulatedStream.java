package io.magicproxy.provider.simulator;

import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** An answer, word by word at the profile's pace. */
final class SimulatedStream implements ChatStream {
    private final Answer answer;
    private final Faults faults;
    private final CallContext call;
    private final ChunkWriter writer;
    private final Deque<StreamEvent> events = new ArrayDeque<>();
    private final long start = System.nanoTime();
    private int given;
    private boolean usageTold;

    SimulatedStream(Answer answer, Faults faults, CallContext call, ChunkWriter writer) {
        this.answer = answer;
        this.faults = faults;
        this.call = call;
        this.writer = writer;
        answer.thought().ifPresent(t -> events.add(new StreamEvent.Reasoning(0, t)));
        answer.tokens().forEach(t -> events.add(new StreamEvent.Content(0, t)));
        answer.call().ifPresent(this::add);
        events.add(new StreamEvent.Finished(0, answer.finish()));
    }

    private void add(ToolCall toolCall) {
        events.add(
                new StreamEvent.ToolCallStart(
                        0, 0, new ToolCall(toolCall.id(), toolCall.name(), "", Json.object())));
        events.add(new StreamEvent.ToolCallArguments(0, 0, toolCall.arguments()));
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        StreamEvent event = events.poll();
        if (event == null) {
            byte[] closing = usageTold ? new byte[0] : writer.writeUsage(answer.usage());
            usageTold = true;
            return closing.length == 0
                    ? Optional.empty()
                    : Optional.of(new Frames(closing, 0, closing.length, false));
        }
        pace();
        byte[] chunk = writer.write(List.of(event));
        return Optional.of(new Frames(chunk, 0, chunk.length, event.isOutput()));
    }

    private void pace() throws ProviderException {
        if (faults.cutAfterTokens().filter(n -> given >= n).isPresent()) {
            throw new ProviderException(
                    ProviderFailure.of(FailureClass.TRANSIENT, "the stream was cut (simulated)"));
        }
        Duration wait =
                given == 0
                        ? faults.firstTokenDelay()
                        : Duration.ofMillis(1_000L / faults.tokensPerSecond());
        Duration left = call.timeouts().total().minusNanos(System.nanoTime() - start);
        Waiting.sleep(wait, given == 0 ? call.timeouts().response() : left, call.cancellation());
        given++;
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.of(answer.usage());
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
