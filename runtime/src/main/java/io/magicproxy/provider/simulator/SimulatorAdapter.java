package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** One profile of the simulator. */
final class SimulatorAdapter implements ProviderAdapter {
    private final String model;
    private final ObjectNode defaults;
    private final Faults faults;
    private final InstantSource clock;
    private final AtomicLong calls = new AtomicLong();

    SimulatorAdapter(ProviderTarget target, InstantSource clock) {
        this.model = "simulator/" + target.model();
        this.faults = Faults.of(target.defaults());
        this.defaults = target.defaults().deepCopy();
        defaults.remove("faults");
        this.clock = clock;
    }

    @Override
    public JsonReply chat(RequestBody request, CallContext call) throws ProviderException {
        ChatRequest chat = begin(request, call);
        Answer answer = Answer.to(chat);
        long wait = answer.tokens().size() * 1_000L / faults.tokensPerSecond();
        Waiting.sleep(
                faults.firstTokenDelay().plus(Duration.ofMillis(wait)),
                call.timeouts().total(),
                call.cancellation());
        int n = Math.clamp(chat.sampling().n().orElse(1), 1, 128);
        List<ChatResponse.Choice> choices =
                IntStream.range(0, n).mapToObj(i -> choice(i, answer)).toList();
        ChatResponse response =
                new ChatResponse(
                        id(answer),
                        model,
                        clock.instant().getEpochSecond(),
                        choices,
                        answer.usage(),
                        label());
        return new JsonReply(
                ResponseWriter.write(response), Optional.of(answer.usage()), List.of());
    }

    @Override
    public ChatStream stream(RequestBody request, CallContext call) throws ProviderException {
        ChatRequest chat = begin(request, call);
        Answer answer = Answer.to(chat);
        ChunkWriter writer =
                new ChunkWriter(
                        id(answer), model, clock.instant().getEpochSecond(), includeUsage(request));
        return new SimulatedStream(answer, faults, call, writer);
    }

    @Override
    public JsonReply embed(RequestBody request, CallContext call) throws ProviderException {
        try {
            fail(call);
            ObjectNode answer = Embeddings.answer(request.json(), model);
            return new JsonReply(
                    Json.bytes(answer),
                    Optional.of(Usage.fromWire(answer.path("usage"))),
                    List.of());
        } catch (MalformedRequestException e) {
            throw callerFault(e);
        }
    }

    @Override
    public void probe(CallContext call) throws ProviderException {
        fail(call);
    }

    private ChatRequest begin(RequestBody request, CallContext call) throws ProviderException {
        try {
            ChatRequest chat = request.chat(defaults);
            fail(call);
            return chat;
        } catch (MalformedRequestException e) {
            throw callerFault(e);
        }
    }

    private void fail(CallContext call) throws ProviderException {
        Optional<ProviderFailure> failure = faults.failureOf(calls.incrementAndGet());
        if (failure.isPresent()) {
            throw new ProviderException(failure.get());
        }
        if (faults.hang()) {
            Waiting.sleep(Duration.ofDays(1), call.timeouts().response(), call.cancellation());
        }
    }

    private static boolean includeUsage(RequestBody request) throws ProviderException {
        try {
            return request.includeUsage();
        } catch (MalformedRequestException e) {
            throw callerFault(e);
        }
    }

    private static ProviderException callerFault(MalformedRequestException e) {
        return new ProviderException(
                ProviderFailure.callerFault(e.param().orElse("messages"), e.getMessage()));
    }

    private static ChatResponse.Choice choice(int index, Answer answer) {
        Message.Assistant message =
                new Message.Assistant(
                        List.of(new ContentPart.Text(answer.text())),
                        answer.call().stream().toList(),
                        answer.thought(),
                        List.of(),
                        Json.object());
        return new ChatResponse.Choice(
                index, message, answer.finish(), Optional.empty(), Json.object());
    }

    private static String id(Answer answer) {
        return "chatcmpl-simulated-" + Integer.toHexString(answer.text().hashCode());
    }

    private static ObjectNode label() {
        return Json.object().put("system_fingerprint", "simulator");
    }
}
