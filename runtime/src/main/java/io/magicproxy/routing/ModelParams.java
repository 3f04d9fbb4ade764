package io.magicproxy.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.Option;
import io.magicproxy.config.Rest;
import io.magicproxy.config.SecretRef;
import java.util.Map;
import java.util.Optional;

/** What a profile asks of its provider. */
public record ModelParams(
        @Option(
                        value = "The provider's own name of the model; for Azure the deployment.",
                        example = "gpt-6.2-sol")
                String model,
        @Option(
                        value =
                                "Address of the API, if it isn't the provider's usual one. Needs a `key_pool` or `api_key` of its own,"
                                        + " so that no key is sent to the wrong company.",
                        example = "http://127.0.0.1:8000/v1")
                Optional<String> apiBase,
        @Option(
                        value = "Azure's `api-version`, Anthropic's `anthropic-version`.",
                        example = "2024-10-21")
                Optional<String> apiVersion,
        @Option(
                        value = "A single key for this profile, instead of a key pool.",
                        example = "os.environ/MY_KEY")
                Optional<SecretRef> apiKey,
        @Option("Makes it an agent.") Optional<AgentConfig> agentSettings,
        @Rest(
                        "Any other parameter is sent with each request that doesn't set it itself: `temperature`, `top_p`,"
                                + " `max_tokens`, … `null` means the provider's default.")
                ObjectNode defaults) {

    /** Of the other parameters only the names: a header among them may be a secret. */
    @Override
    public String toString() {
        return "ModelParams[model=%s, apiBase=%s, apiVersion=%s, apiKey=%s, agentSettings=%s, defaults of %s]"
                .formatted(
                        model,
                        apiBase,
                        apiVersion,
                        apiKey,
                        agentSettings,
                        defaults.properties().stream().map(Map.Entry::getKey).toList());
    }
}
