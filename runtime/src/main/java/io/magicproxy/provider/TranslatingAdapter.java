package io.magicproxy.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatTranslation.ReplyContext;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One profile at a vendor with an API of its own: OpenAI's format in and out, the codec's in
 * between.
 */
public final class TranslatingAdapter implements ProviderAdapter {
    private static final Header JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");

    private final ProviderCodec codec;
    private final ProviderTarget target;
    private final UpstreamCalls calls;
    private final InstantSource clock;
    private final ObjectNode defaults;

    /** Calls nobody yet. */
    public TranslatingAdapter(
            ProviderCodec codec,
            ProviderTarget target,
            UpstreamClient client,
            InstantSource clock) {
        this.codec = codec;
        this.target = target;
        this.clock = clock;
        this.calls = new UpstreamCalls(client, codec.keyHeader(), codec::classify);
        this.defaults = Json.object();
        target.defaults().properties().stream()
                .filter(e -> !e.getValue().isNull())
                .forEach(e -> defaults.set(e.getKey(), e.getValue()));
    }

    @Override
    public JsonReply chat(RequestBody request, CallContext call) throws ProviderException {
        ChatTranslation translation = translate(request, false);
        JsonNode reply =
                read(calls.exchange(address(translation), Json.bytes(translation.body()), call));
        ChatResponse response = translation.decode(reply, context());
        return new JsonReply(
                ResponseWriter.write(response), Optional.of(response.usage()), translation.notes());
    }

    @Override
    public ChatStream stream(RequestBody request, CallContext call) throws ProviderException {
        ChatTranslation translation = translate(request, true);
        ReplyContext context = context();
        ChunkWriter writer =
                new ChunkWriter(
                        context.id(),
                        target.model(),
                        context.created(),
                        Faults.read(request::includeUsage));
        return new TranslatedStream(
                calls.open(address(translation), Json.bytes(translation.body()), call),
                call.cancellation(),
                translation,
                writer);
    }

    @Override
    public JsonReply embed(RequestBody request, CallContext call) throws ProviderException {
        EmbeddingTranslation translation = codec.translateEmbedding(withDefaults(request), target);
        UpstreamTarget address = address(translation.path(), Map.of());
        JsonNode reply = read(calls.exchange(address, Json.bytes(translation.body()), call));
        ObjectNode answer = translation.decode(reply);
        Optional<Usage> usage = Optional.ofNullable(answer.get("usage")).map(Usage::fromWire);
        return new JsonReply(Json.bytes(answer), usage, List.of());
    }

    @Override
    public void probe(CallContext call) throws ProviderException {
        calls.probe(codec.models(target), call);
    }

    private ChatTranslation translate(RequestBody request, boolean stream)
            throws ProviderException {
        return codec.translate(Faults.read(() -> request.chat(defaults)), target, stream);
    }

    private ObjectNode withDefaults(RequestBody request) throws ProviderException {
        ObjectNode json = Faults.read(request::json);
        defaults.properties().forEach(e -> json.putIfAbsent(e.getKey(), e.getValue()));
        return json;
    }

    private UpstreamTarget address(ChatTranslation translation) {
        return address(translation.path(), translation.headers());
    }

    private UpstreamTarget address(String path, Map<String, String> more) {
        List<Header> headers = new ArrayList<>();
        headers.add(JSON);
        more.forEach((name, value) -> headers.add(HeaderValues.create(name, value)));
        return UpstreamTarget.of(URI.create(target.base() + path), headers);
    }

    private ReplyContext context() {
        String id =
                "chatcmpl-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return new ReplyContext(id, clock.instant().getEpochSecond());
    }

    private static JsonNode read(byte[] reply) throws ProviderException {
        try {
            return Json.read(reply);
        } catch (JsonProcessingException e) {
            throw Faults.transientAnswer(
                    "the provider's answer can't be read: " + e.getOriginalMessage());
        }
    }
}
