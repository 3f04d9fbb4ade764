package io.magicproxy.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ChatStream.Frames;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Calls one provider's adapter over real HTTP, and shows what went out and what came back. */
public final class GoldenCalls implements AutoCloseable {
    /** They say nothing of the request. */
    private static final Set<String> TRANSPORT =
            Set.of("host", "connection", "content-length", "user-agent", "accept-encoding");

    private static final CallContext CALL =
            new CallContext(
                    Optional.of(new ApiKey("golden-key-0001")),
                    new Cancellation(),
                    new Timeouts(
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(60)));

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final UpstreamClient client = UpstreamClient.create(UpstreamConfig.defaults());
    private final Provider provider;
    private final Optional<String> apiVersion;

    public GoldenCalls(Provider provider, Optional<String> apiVersion) {
        this.provider = provider;
        this.apiVersion = apiVersion;
    }

    /**
     * One call.
     *
     * @param sent path, headers and body
     */
    public record Exchange(ObjectNode sent, byte[] answer, List<String> notes) {}

    /** Chat, or embeddings if the request has an {@code input}. */
    public Exchange whole(ObjectNode request, Profile profile, byte[] reply)
            throws ProviderException, IOException, MalformedRequestException {
        upstream.always(_ -> Reply.body(200, "application/json", reply));
        ProviderAdapter adapter = adapter(profile);
        JsonReply answer =
                request.has("input")
                        ? adapter.embed(body(request), CALL)
                        : adapter.chat(body(request), CALL);
        return new Exchange(sent(), answer.body(), answer.notes());
    }

    public Exchange streamed(ObjectNode request, Profile profile, String... events)
            throws ProviderException, IOException, MalformedRequestException {
        upstream.always(_ -> Reply.chunked(events));
        try (ChatStream stream = adapter(profile).stream(body(request), CALL)) {
            var answer = new ByteArrayOutputStream();
            for (Optional<Frames> f = stream.next(); f.isPresent(); f = stream.next()) {
                answer.write(f.get().buffer(), f.get().offset(), f.get().length());
            }
            return new Exchange(sent(), answer.toByteArray(), stream.notes());
        }
    }

    /** What of a profile reaches its adapter. */
    public record Profile(String model, ObjectNode parameters) {}

    private ProviderAdapter adapter(Profile profile) {
        String base = upstream.url() + provider.defaultBase().map(URI::getPath).orElse("");
        return provider.adapter(
                new ProviderTarget(
                        "golden",
                        profile.model(),
                        URI.create(base),
                        apiVersion,
                        profile.parameters()),
                client);
    }

    private static RequestBody body(ObjectNode request) throws MalformedRequestException {
        return new RequestScanner(Json.MAX_DEPTH).scan(Json.bytes(request));
    }

    private ObjectNode sent() throws IOException {
        ReceivedRequest request = upstream.requests().getLast();
        ObjectNode sent = Json.object().put("path", request.path());
        ObjectNode headers = sent.putObject("headers");
        new TreeMap<>(request.headers())
                .forEach((name, value) -> {
                    if (!TRANSPORT.contains(name)) {
                        headers.put(name, value);
                    }
                });
        // Some requests hold the API's own address, which has another port each time.
        String text = request.text().replace(upstream.url(), "https://api.example.com");
        sent.set("body", Json.read(text.getBytes(UTF_8)));
        return sent;
    }

    @Override
    public void close() {
        client.close();
        upstream.close();
    }
}
