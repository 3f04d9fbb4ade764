package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.lang.System.Logger.Level;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Answers one kind of request. Blocks. */
@FunctionalInterface
interface Method {
    /**
     * The result, or the error that the client is told.
     *
     * @throws McpError what the client is told instead
     */
    Object answer(Calling calling);

    /** A request with what belongs to it. */
    record Calling(RunningCall call, McpAsyncServerExchange exchange) {
        ObjectNode params() {
            return call.request().params();
        }

        McpSession session() {
            return call.session();
        }

        /** A text that must be there. */
        String text(String name) {
            if (!params().path(name).isTextual()) {
                throw invalid("\"" + name + "\" must be a text");
            }
            return params().path(name).asText();
        }
    }

    /** As the SDK's session asks for it: on the thread of the call. */
    default McpRequestHandler<Object> handler() {
        return (exchange, _) -> Mono.fromCallable(() -> guarded(exchange));
    }

    private Object guarded(McpAsyncServerExchange exchange) {
        var call = (RunningCall) exchange.transportContext().get(McpSession.CALL);
        try {
            return answer(new Calling(call, exchange));
        } catch (McpError e) {
            throw e;
        } catch (RuntimeException e) {
            System.getLogger(Method.class.getName())
                    .log(Level.ERROR, "the MCP request " + call.request().method() + " failed", e);
            throw error(
                    ErrorCodes.INTERNAL_ERROR, "the gateway failed; its log says why", Map.of());
        }
    }

    static McpError invalid(String message) {
        return error(ErrorCodes.INVALID_PARAMS, message, Map.of());
    }

    static McpError error(int code, String message, Map<String, Object> data) {
        McpError.Builder builder = McpError.builder(code).message(message);
        return data.isEmpty() ? builder.build() : builder.data(data).build();
    }
}
