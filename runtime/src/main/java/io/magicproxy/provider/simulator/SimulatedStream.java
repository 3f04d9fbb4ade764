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
    static final ProviderFailure CUT =
            ProviderFailure.of(FailureClass.TRANSIENT, "the answer was cut off (simulated)");

    private final Answer answer;
    private final Conduct conduct;
    private final CallContext call;
    private final ChunkWriter writer;
    private final Deque<StreamEvent> events = new ArrayDeque<>();
    private final long start = System.nanoTime();
    private int given;
    private boolean usageTold;

    SimulatedStream(Answer answer, Conduct conduct, CallContext call, ChunkWriter writer) {
        this.answer = answer;
        this.conduct = conduct;
        this.call = call;
        this.writer = writer;
        for (int choice = 0; choice < answer.n(); choice++) {
            add(choice);
        }
    }

    private void add(int choice) {
        answer.thought().stream()
                .flatMap(t -> Words.of(t).stream())
                .forEach(t -> events.add(new StreamEvent.Reasoning(choice, t)));
        answer.tokens().forEach(t -> events.add(new StreamEvent.Content(choice, t)));
        for (int i = 0; i < answer.calls().size(); i++) {
            add(choice, i, answer.calls().get(i));
        }
        events.add(new StreamEvent.Finished(choice, answer.finish()));
    }

    private void add(int choice, int index, ToolCall toolCall) {
        events.add(
                new StreamEvent.ToolCallStart(
                        choice,
                        index,
                        new ToolCall(toolCall.id(), toolCall.name(), "", Json.object())));
        // In pieces, as real ones come.
        Words.of(toolCall.arguments())
                .forEach(t -> events.add(new StreamEvent.ToolCallArguments(choice, index, t)));
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
        if (conduct.cutAfterTokens().filter(n -> given >= n).isPresent()) {
            throw new ProviderException(CUT);
        }
        Duration left = call.timeouts().total().minusNanos(System.nanoTime() - start);
        if (given == 0) {
            Waiting.sleep(
                    conduct.firstTokenDelay(), call.timeouts().response(), call.cancellation());
        } else {
            Waiting.sleep(conduct.pace(1), left, call.cancellation());
        }
        given++;
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.of(answer.usage());
    }

    @Override
    public long tokensSeen() {
        return given;
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
