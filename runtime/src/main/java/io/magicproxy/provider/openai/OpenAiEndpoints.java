package io.magicproxy.provider.openai;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.magicproxy.provider.ProviderCodec.KeyHeader;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where one profile's endpoints are, and how the key is sent there. */
record OpenAiEndpoints(
        UpstreamTarget chat, UpstreamTarget embeddings, UpstreamTarget probe, KeyHeader keyHeader) {
    static OpenAiEndpoints plain(Dialect dialect, ProviderTarget target) {
        return new OpenAiEndpoints(
                at(target.base() + "/chat/completions"),
                at(target.base() + "/embeddings"),
                UpstreamTarget.of(URI.create(target.base() + dialect.probePath()), List.of()),
                new KeyHeader("Authorization", "Bearer "));
    }

    /**
     * With an {@code api-version} the classic address with the deployment (= the profile's model)
     * in its path; without one, Azure's newer {@code /openai/v1}, which takes the deployment as
     * {@code model}.
     */
    static OpenAiEndpoints azure(Dialect dialect, ProviderTarget target) {
        String base = target.base().toString().replaceFirst("/openai(/v1)?$", "");
        String root =
                target.apiVersion().isPresent()
                        ? base + "/openai/deployments/" + encode(target.model())
                        : base + "/openai/v1";
        String resource = base + (target.apiVersion().isPresent() ? "/openai" : "/openai/v1");
        String query = target.apiVersion().map(v -> "?api-version=" + encode(v)).orElse("");
        return new OpenAiEndpoints(
                at(root + "/chat/completions" + query),
                at(root + "/embeddings" + query),
                UpstreamTarget.of(URI.create(resource + dialect.probePath() + query), List.of()),
                new KeyHeader("api-key", ""));
    }

    private static UpstreamTarget at(String address) {
        return UpstreamTarget.of(
                URI.create(address),
                List.of(HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json")));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
