package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.magicproxy.chat.Json;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each provider is asked to find out whether a key is good. */
class ProbeCallsTest {
    private static final String KEY = "sk-probe-0123456789";
    private static final Duration TIME = Duration.ofSeconds(20);

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final UpstreamClient client = UpstreamClient.create(UpstreamConfig.defaults());
    private final ProviderCatalog catalog = ProviderCatalog.standard(InstantSource.system());

    @AfterEach
    void stop() {
        client.close();
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "openai, /v1, -, /v1/models, authorization, 'Bearer '",
                "mistral, /v1, -, /v1/models, authorization, 'Bearer '",
                "deepseek, '', -, /models, authorization, 'Bearer '",
                "groq, /openai/v1, -, /openai/v1/models, authorization, 'Bearer '",
                "together, /v1, -, /v1/models, authorization, 'Bearer '",
                "openrouter, /api/v1, -, /api/v1/key, authorization, 'Bearer '",
                "local, /v1, -, /v1/models, authorization, 'Bearer '",
                "azure, '', 2024-10-21, /openai/models?api-version=2024-10-21, api-key, ''",
                "azure, /openai/v1, -, /openai/v1/models, api-key, ''",
                "anthropic, '', -, /v1/models?limit=1, x-api-key, ''",
                "anthropic, /v1, -, /v1/models?limit=1, x-api-key, ''",
                "google, /v1beta, -, /v1beta/models?pageSize=1, x-goog-api-key, ''",
            })
    void a_probe_reads_what_only_a_good_key_may_read(
            String provider, String base, String version, String path, String header, String prefix)
            throws Exception {
        upstream.always(_ -> Reply.json(200, "{\"data\":[]}"));
        ProviderAdapter adapter = adapter(provider, base, Optional.ofNullable(version));

        adapter.probe(call());
        adapter.probe(call());

        ReceivedRequest request = upstream.requests().getFirst();
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.path()).isEqualTo(path);
        assertThat(request.header(header)).contains(prefix + KEY);
        assertThat(request.header("anthropic-version").isPresent())
                .isEqualTo(provider.equals("anthropic"));
        assertThat(request.text()).isEmpty();
        assertThat(upstream.connections()).as("the connection is used again").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, 401, CREDENTIAL",
        "openai, 429, RATE_LIMIT",
        "openai, 503, TRANSIENT",
        "azure, 401, CREDENTIAL",
        "anthropic, 401, CREDENTIAL",
        "anthropic, 529, TRANSIENT",
        "google, 401, CREDENTIAL",
        "google, 429, RATE_LIMIT",
    })
    void a_failure_is_classified_like_any_other_and_shows_no_key(
            String provider, int status, FailureClass expected) {
        upstream.enqueue(Reply.json(status, "{\"error\":{\"message\":\"bad: " + KEY + "\"}}"));

        ProviderFailure failure = failure(adapter(provider, "", Optional.empty()), call());

        assertThat(failure.failureClass()).isEqualTo(expected);
        assertThat(failure.message()).doesNotContain(KEY);
    }

    @Test
    void an_upstream_that_says_nothing_is_given_up() {
        upstream.enqueue(Reply.hang());
        CallContext call =
                new CallContext(
                        Optional.of(new ApiKey(KEY)),
                        new Cancellation(),
                        new Timeouts(TIME, Duration.ofMillis(200), TIME));

        assertThat(failure(adapter("openai", "", Optional.empty()), call).failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void the_simulator_fails_as_it_is_told_to() {
        assertThatCode(() -> simulator("").probe(call())).doesNotThrowAnyException();
        assertThat(failure(simulator("401"), call()).failureClass())
                .isEqualTo(FailureClass.CREDENTIAL);
        assertThat(failure(simulator("429"), call()).failureClass())
                .isEqualTo(FailureClass.RATE_LIMIT);
    }

    private static ProviderFailure failure(ProviderAdapter adapter, CallContext call) {
        return catchThrowableOfType(ProviderException.class, () -> adapter.probe(call)).failure();
    }

    private ProviderAdapter adapter(String provider, String base, Optional<String> version) {
        return catalog.find(provider)
                .orElseThrow()
                .adapter(
                        new ProviderTarget(
                                "p",
                                "m",
                                URI.create(upstream.url() + base),
                                version,
                                Json.object()),
                        client);
    }

    private ProviderAdapter simulator(String failure) {
        var params = Json.object();
        params.putObject("faults").put("failure", failure);
        URI nowhere = URI.create("simulator:in-process");
        return catalog.find("simulator")
                .orElseThrow()
                .adapter(new ProviderTarget("p", "m", nowhere, Optional.empty(), params), client);
    }

    private static CallContext call() {
        return new CallContext(
                Optional.of(new ApiKey(KEY)), new Cancellation(), new Timeouts(TIME, TIME, TIME));
    }
}
