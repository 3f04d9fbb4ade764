package io.magicproxy.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Optional;

/**
 * What one profile calls.
 *
 * @param profile its name, for messages
 * @param model the provider's own name of the model
 * @param base the API's address without a trailing slash, such as {@code https://api.openai.com/v1}
 * @param apiVersion Azure's {@code api-version}, Anthropic's {@code anthropic-version}
 * @param defaults the request's fields, in OpenAI's terms, to add where the caller names none
 */
public record ProviderTarget(
        String profile, String model, URI base, Optional<String> apiVersion, ObjectNode defaults) {}
