package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The client behind a tool's call, for tools that know the protocol: it takes their progress and
 * what they log, and can be asked for a sample or for its user's input.
 */
public final class McpCaller implements Consumer<Progress> {
    private static final int MAX_LOGGED = 16 * 1024;

    private final McpSyncServerExchange exchange;
    private final McpAsyncServerExchange asking;
    private final EventLog log;
    private final Optional<Object> progressToken;
    private final String owner;
    private double done = Double.NEGATIVE_INFINITY;

    McpCaller(McpAsyncServerExchange exchange, EventLog log, JsonNode progressToken, String owner) {
        this.owner = owner;
        this.exchange = new McpSyncServerExchange(exchange);
        this.asking = exchange;
        this.log = log;
        this.progressToken = Incoming.id(progressToken);
    }

    /** On whose account the call is made. */
    public String owner() {
        return owner;
    }

    /** Who made the call, if it came by this protocol. */
    public static Optional<McpCaller> of(ToolCall call) {
        return call.progress() instanceof McpCaller caller ? Optional.of(caller) : Optional.empty();
    }

    /** Tells how far the call is, if the client wants to know; the protocol only goes forward. */
    @Override
    public synchronized void accept(Progress progress) {
        if (progressToken.isEmpty() || progress.done() <= done) {
            return;
        }
        done = progress.done();
        ProgressNotification.Builder told =
                ProgressNotification.builder(progressToken.get(), progress.done());
        if (progress.total() > 0) {
            told.total(progress.total());
        }
        if (!progress.message().isBlank()) {
            told.message(progress.message());
        }
        exchange.progressNotification(told.build());
    }

    /** Logs to the client, if it listens to that level. */
    public void log(LoggingLevel level, String logger, String text) {
        String cut = text.length() > MAX_LOGGED ? text.substring(0, MAX_LOGGED) + "…" : text;
        exchange.loggingNotification(
                LoggingMessageNotification.builder(level, cut).logger(logger).build());
    }

    /** Asks the client: for samples, input, roots. Blocks until it has answered. */
    public McpSyncServerExchange exchange() {
        return exchange;
    }

    McpAsyncServerExchange asking() {
        return asking;
    }

    /** By which the client knows the call; "" if it gave none. */
    String token() {
        return progressToken.map(String::valueOf).orElse("");
    }

    /** Ends the call's stream in the middle; the client comes back for the rest. */
    public void hangUp() {
        log.hangUp();
    }
}
