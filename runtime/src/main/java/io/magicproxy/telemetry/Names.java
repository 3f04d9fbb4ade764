package io.magicproxy.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;
import java.util.Map;

/**
 * Attributes of spans. What the semantic conventions of OpenTelemetry (HTTP, GenAI, MCP) have a
 * name for has that name, all else begins with {@code magic_proxy}.
 */
final class Names {
    static final AttributeKey<String> METHOD = text("http.request.method");
    static final AttributeKey<String> ROUTE = text("http.route");
    static final AttributeKey<String> PATH = text("url.path");
    static final AttributeKey<Long> STATUS = number("http.response.status_code");
    static final AttributeKey<String> ERROR = text("error.type");

    static final AttributeKey<String> OPERATION = text("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = text("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = text("gen_ai.request.model");
    static final AttributeKey<Boolean> REQUEST_STREAM =
            AttributeKey.booleanKey("gen_ai.request.stream");
    static final AttributeKey<String> RESPONSE_MODEL = text("gen_ai.response.model");
    static final AttributeKey<String> RESPONSE_ID = text("gen_ai.response.id");
    static final AttributeKey<List<String>> FINISH =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    static final AttributeKey<Double> FIRST_CHUNK =
            AttributeKey.doubleKey("gen_ai.response.time_to_first_chunk");
    static final AttributeKey<Long> INPUT_TOKENS = number("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = number("gen_ai.usage.output_tokens");
    static final AttributeKey<Long> CACHE_READ = number("gen_ai.usage.cache_read.input_tokens");
    static final AttributeKey<Long> CACHE_WRITE =
            number("gen_ai.usage.cache_creation.input_tokens");
    static final AttributeKey<Long> REASONING = number("gen_ai.usage.reasoning.output_tokens");
    static final AttributeKey<String> INPUT = text("gen_ai.input.messages");
    static final AttributeKey<String> OUTPUT = text("gen_ai.output.messages");
    static final AttributeKey<String> TOKEN_TYPE = text("gen_ai.token.type");

    static final AttributeKey<String> AGENT = text("gen_ai.agent.name");
    static final AttributeKey<String> CONVERSATION = text("gen_ai.conversation.id");
    static final AttributeKey<String> TOOL = text("gen_ai.tool.name");
    static final AttributeKey<String> TOOL_TYPE = text("gen_ai.tool.type");
    static final AttributeKey<String> TOOL_CALL = text("gen_ai.tool.call.id");
    static final AttributeKey<String> TOOL_ARGUMENTS = text("gen_ai.tool.call.arguments");
    static final AttributeKey<String> TOOL_RESULT = text("gen_ai.tool.call.result");
    static final AttributeKey<String> MCP_METHOD = text("mcp.method.name");

    static final AttributeKey<String> REQUEST_ID = text("magic_proxy.request_id");
    static final AttributeKey<String> ALIAS = text("magic_proxy.alias");
    static final AttributeKey<String> PROFILE = text("magic_proxy.profile");
    static final AttributeKey<String> KEY = text("magic_proxy.key_fingerprint");
    static final AttributeKey<Long> ATTEMPT = number("magic_proxy.attempt");
    static final AttributeKey<String> RUN = text("magic_proxy.run");
    static final AttributeKey<String> PATTERN = text("magic_proxy.pattern");
    static final AttributeKey<String> SOURCE = text("magic_proxy.tool.source");

    /** By our names for providers; of others ours is as good as any. */
    private static final Map<String, String> PROVIDERS =
            Map.of(
                    "azure", "azure.ai.openai",
                    "google", "gcp.gemini",
                    "mistral", "mistral_ai");

    private Names() {}

    static String provider(String id) {
        return PROVIDERS.getOrDefault(id, id);
    }

    static AttributeKey<String> text(String name) {
        return AttributeKey.stringKey(name);
    }

    private static AttributeKey<Long> number(String name) {
        return AttributeKey.longKey(name);
    }
}
