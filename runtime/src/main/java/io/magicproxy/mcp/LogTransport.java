package io.magicproxy.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;

/** What the SDK sends goes into a log; whoever serves the client reads it from there. */
final class LogTransport implements McpStreamableServerTransport {
    private final EventLog log;
    private final McpJsonMapper json;
    private final BooleanSupplier muted;

    /**
     * @param muted whether the stream's request was taken back, so that no answer is wanted
     */
    LogTransport(EventLog log, McpJsonMapper json, BooleanSupplier muted) {
        this.log = log;
        this.json = json;
        this.muted = muted;
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
        return Mono.fromRunnable(() -> send(message));
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message, String messageId) {
        return sendMessage(message);
    }

    private void send(McpSchema.JSONRPCMessage message) {
        boolean answer = message instanceof McpSchema.JSONRPCResponse;
        if (!answer || !muted.getAsBoolean()) {
            log.append(bytes(json, message), answer);
        }
    }

    static byte[] bytes(McpJsonMapper json, Object message) {
        try {
            return json.writeValueAsBytes(message);
        } catch (IOException e) {
            throw new UncheckedIOException("a message can't be written", e);
        }
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> typeRef) {
        return json.convertValue(data, typeRef);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    @Override
    public void close() {
        log.end();
    }
}
