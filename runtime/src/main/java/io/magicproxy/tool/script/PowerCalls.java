package io.magicproxy.tool.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.files.FileRefusedException;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.Fetched;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.power.GrantYaml;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one call of a script tool can ask for: {@code tool} in the script. The grant is looked at
 * for each thing that it asks for, as it is then. Closed when the call is over; what is under way
 * is given up then.
 */
final class PowerCalls implements HostCalls, AutoCloseable {
    private static final Logger LOG = System.getLogger("io.magicproxy.tool");
    private static final int MAX_LOG_LINE = 2_000;
    private static final int MAX_LOG_LINES = 200;
    private static final int MAX_UNDER_WAY = 32;

    private final String tool;
    private final ToolCall call;
    private final ToolPowers powers;
    private final InstantSource clock;
    private final Cancellation scope;
    private final Cancellation.Registration registration;
    private volatile boolean acted;
    private int underWay;
    private int logged;

    PowerCalls(String tool, ToolCall call, ToolPowers powers, InstantSource clock) {
        this.tool = tool;
        this.call = call;
        this.powers = powers;
        this.clock = clock;
        this.scope =
                call.cancellation().remaining().map(Cancellation::new).orElseGet(Cancellation::new);
        this.registration =
                call.cancellation()
                        .onCancel(() ->
                                scope.cancel(
                                        call.cancellation()
                                                .reason()
                                                .orElse(Cancellation.Reason.CLIENT_GONE)));
    }

    /** Whether something may have happened outside that a second try would do again. */
    boolean acted() {
        return acted;
    }

    @Override
    public void close() {
        registration.close();
        scope.cancel(Cancellation.Reason.CLIENT_GONE);
    }

    /** What an operation gives, or why not. */
    private interface Work {
        JsonNode run() throws FetchException, FileRefusedException, RefusedException;
    }

    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final String code;

        RefusedException(String code, String message) {
            super(message);
            this.code = code;
        }
    }

    @Override
    public void call(HostCall asked, Consumer<HostReply> reply) {
        ObjectNode value = read(asked.value());
        switch (asked.op()) {
            case "env" -> reply.accept(new HostReply.Answer(Json.text(env()), clock.instant()));
            case "fetch" -> start(reply, () -> fetch(value));
            case "read" -> start(reply, () -> file(value));
            case "agent" -> start(reply, () -> agent(value));
            default -> reply.accept(failed("bad_call", "there is no tool." + asked.op()));
        }
    }

    private void start(Consumer<HostReply> reply, Work work) {
        synchronized (this) {
            if (underWay == MAX_UNDER_WAY) {
                reply.accept(
                        failed(
                                "tool_limit",
                                "a call may have "
                                        + MAX_UNDER_WAY
                                        + " fetches and questions under way, not more"));
                return;
            }
            underWay++;
        }
        Thread.ofVirtual()
                .name("tool-" + tool)
                .start(() -> {
                    HostReply done = done(work);
                    synchronized (this) {
                        underWay--;
                    }
                    reply.accept(done);
                });
    }

    private HostReply done(Work work) {
        try {
            return new HostReply.Answer(Json.text(work.run()), clock.instant());
        } catch (FetchException e) {
            return failed(e.kind().code(), e.text());
        } catch (FileRefusedException e) {
            return failed(e.code(), e.text());
        } catch (RefusedException e) {
            return failed(e.code, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "what " + tool + " asked for broke", e);
            return failed("internal", "a defect of the gateway; its log says more");
        }
    }

    private HostReply failed(String code, String message) {
        return new HostReply.Failed(code, message, clock.instant());
    }

    private GrantConfig grant() {
        return powers.grants().apply(tool);
    }

    private JsonNode env() {
        ObjectNode env = Json.object();
        powers.environments().of(tool).forEach(env::put);
        return env;
    }

    private JsonNode fetch(ObjectNode value) throws FetchException {
        var request = FetchOptions.read(value, powers.limits().maxFetch());
        acted |= !FetchOptions.onlyLooks(request);
        Fetched fetched = powers.fetcher().fetch(request, new NetworkGrant(tool, grant()), scope);
        ObjectNode answer =
                Json.object()
                        .put("status", fetched.status())
                        .put("url", fetched.url())
                        .put("text", fetched.text());
        ObjectNode headers = answer.putObject("headers");
        fetched.headers().forEach(headers::put);
        return answer;
    }

    private JsonNode file(ObjectNode value) throws FileRefusedException {
        return JsonNodeFactory.instance.textNode(
                powers.files().read(tool, grant(), value.path("path").asText()));
    }

    private JsonNode agent(ObjectNode value) throws RefusedException {
        GrantConfig grant = grant();
        if (!grant.agents()) {
            throw new RefusedException(
                    "not_allowed",
                    tool
                            + " may not ask agents; "
                            + GrantYaml.with(
                                    tool, grant, new GrantConfig(List.of(), List.of(), true)));
        }
        acted = true;
        String query = powers.mask().apply(value.path("query").asText());
        ToolResult result =
                call.agents()
                        .ask(
                                value.path("alias").asText(),
                                query,
                                masked(value.path("options")),
                                scope);
        return switch (result) {
            case ToolResult.Ok(var answer) -> answer.has("answer") ? answer.path("answer") : answer;
            case ToolResult.Failed(var code, var message) ->
                    throw new RefusedException(code, message);
            case ToolResult.TimedOut(var after) ->
                    throw new RefusedException(
                            "agent_timeout",
                            "the agent gave no answer within " + after.toSeconds() + " s");
        };
    }

    /** A model reads them, and no model sees a secret. */
    private JsonNode masked(JsonNode options) {
        return read(powers.mask().apply(Json.text(options)));
    }

    @Override
    public void tell(HostCall said) {
        switch (said.op()) {
            case "progress" -> progress(read(said.value()));
            case "log" -> log(Level.INFO, text(said));
            case "print" -> log(Level.DEBUG, text(said));
            default -> {
                // Nobody listens.
            }
        }
    }

    private void progress(ObjectNode value) {
        call.progress()
                .accept(
                        new ToolCall.Progress(
                                value.path("done").asDouble(),
                                value.path("total").asDouble(),
                                line(value.path("message").asText())));
    }

    private void log(Level level, String text) {
        if (logged > MAX_LOG_LINES) {
            return;
        }
        boolean last = logged++ == MAX_LOG_LINES;
        LOG.log(
                level,
                "{0}: {1}",
                tool,
                last ? "this call's further lines are left out" : line(text));
    }

    private String line(String text) {
        String clean = powers.mask().apply(text);
        return clean.length() <= MAX_LOG_LINE ? clean : clean.substring(0, MAX_LOG_LINE) + "…";
    }

    private static String text(HostCall said) {
        try {
            return Json.read(said.value()).asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private static ObjectNode read(String json) {
        try {
            return Json.read(json) instanceof ObjectNode object ? object : Json.object();
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }
}
