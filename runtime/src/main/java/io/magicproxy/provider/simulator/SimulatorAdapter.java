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
import java.util.stream.IntStream;

/** One profile of the simulator. */
final class SimulatorAdapter implements ProviderAdapter {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final String profile;
    private final String model;
    private final ObjectNode defaults;
    private final FaultPlan configured;
    private final SimulatorFaults live;
    private final InstantSource clock;

    SimulatorAdapter(ProviderTarget target, InstantSource clock, SimulatorFaults live) {
        this.profile = target.profile();
        this.model = "simulator/" + target.model();
        this.configured = new FaultPlan(faults(target));
        this.defaults = target.defaults().deepCopy();
        defaults.remove("faults");
        this.live = live;
        this.clock = clock;
    }

    private static List<Fault> faults(ProviderTarget target) {
        return switch (FaultReader.read(target.defaults().path("faults"))) {
            case FaultReader.Result.Read(var faults) -> faults;
            case FaultReader.Result.Wrong(var problems) ->
                    throw new IllegalArgumentException(target.profile() + ": " + problems);
        };
    }

    @Override
    public JsonReply chat(RequestBody request, CallContext call) throws ProviderException {
        Answer answer = answer(request);
        Conduct conduct = begin(call);
        int said = conduct.cutAfterTokens().orElse(Integer.MAX_VALUE);
        boolean cut = said < answer.tokens().size();
        long tokens = cut ? said : answer.tokens().size();
        Waiting.sleep(
                conduct.firstTokenDelay().plus(conduct.pace(tokens)),
                call.timeouts().total(),
                call.cancellation());
        if (cut) {
            throw new ProviderException(SimulatedStream.CUT);
        }
        ChatResponse response =
                new ChatResponse(
                        answer.id(),
                        model,
                        clock.instant().getEpochSecond(),
                        IntStream.range(0, answer.n()).mapToObj(i -> choice(i, answer)).toList(),
                        answer.usage(),
                        label());
        return new JsonReply(
                ResponseWriter.write(response), Optional.of(answer.usage()), List.of());
    }

    @Override
    public ChatStream stream(RequestBody request, CallContext call) throws ProviderException {
        Answer answer = answer(request);
        boolean usage = includeUsage(request);
        Conduct conduct = begin(call);
        ChunkWriter writer =
                new ChunkWriter(answer.id(), model, clock.instant().getEpochSecond(), usage);
        return new SimulatedStream(answer, conduct, call, writer);
    }

    @Override
    public JsonReply embed(RequestBody request, CallContext call) throws ProviderException {
        try {
            ObjectNode answer = Embeddings.answer(request.json(), model);
            Waiting.sleep(
                    begin(call).firstTokenDelay(), call.timeouts().total(), call.cancellation());
            return new JsonReply(
                    Json.bytes(answer),
                    Optional.of(Usage.fromWire(answer.path("usage"))),
                    List.of());
        } catch (MalformedRequestException e) {
            throw callerFault(e);
        }
    }

    /** The faults that calls meet, met by the question after a key as well. */
    @Override
    public void probe(CallContext call) throws ProviderException {
        Waiting.sleep(begin(call).firstTokenDelay(), call.timeouts().total(), call.cancellation());
    }

    private Answer answer(RequestBody request) throws ProviderException {
        try {
            ChatRequest chat = request.chat(defaults);
            return Answer.to(chat);
        } catch (MalformedRequestException e) {
            throw callerFault(e);
        }
    }

    /** What happens to this call, unless it ends here. */
    private Conduct begin(CallContext call) throws ProviderException {
        Conduct conduct = live.of(profile).orElse(configured).next();
        if (conduct.failure().isEmpty()) {
            return conduct;
        }
        Failure failure = conduct.failure().get();
        if (failure == Failure.HANG) {
            Waiting.sleep(FOR_EVER, call.timeouts().response(), call.cancellation());
        }
        throw new ProviderException(failure.failure(conduct.retryAfter()));
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
                        answer.calls(),
                        answer.thought(),
                        List.of(),
                        Json.object());
        return new ChatResponse.Choice(
                index, message, answer.finish(), Optional.empty(), Json.object());
    }

    private static ObjectNode label() {
        return Json.object().put("system_fingerprint", "simulator");
    }
}
