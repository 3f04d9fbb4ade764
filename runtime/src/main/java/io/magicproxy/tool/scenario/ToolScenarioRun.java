package io.magicproxy.tool.scenario;

import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.files.GrantedFiles;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.HostFetch;
import io.magicproxy.tool.net.Wire;
import io.magicproxy.tool.net.WireReply;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.power.HostName;
import io.magicproxy.tool.power.PowerRequests;
import io.magicproxy.tool.script.ScriptTool;
import io.magicproxy.tool.script.ToolPowers;
import io.magicproxy.tool.secret.SecretMask;
import io.magicproxy.tool.secret.ToolEnvironments;
import io.magicproxy.upstream.AddressBook;
import io.magicproxy.upstream.Cancellation;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One run of a scenario: the call of a tool, with powers that are recorded. */
final class ToolScenarioRun {
    private static final int MAX_FILE = 1 << 20;
    private static final int MAX_RESULT = 256 << 10;

    /** Those of a gateway that says nothing else, but that a busy machine may take its time. */
    private static final ToolPowers.Limits LIMITS =
            new ToolPowers.Limits(
                    new SandboxLimits(
                            Duration.ofSeconds(60),
                            Duration.ofHours(1),
                            50_000_000,
                            4 << 20,
                            2_000),
                    4 << 20);

    private final ScriptTool tool;
    private final ToolScenario scenario;
    private final Trace trace = new Trace();
    private final ScenarioClock clock;
    private final Cancellation cancellation = new Cancellation();
    private final Exchanges exchanges;

    ToolScenarioRun(ScriptTool tool, ToolScenario scenario) {
        this.tool = tool;
        this.scenario = scenario;
        this.clock = new ScenarioClock(Instant.parse(scenario.clock()));
        this.exchanges =
                new Exchanges(
                        scenario.calls(),
                        trace,
                        clock,
                        () -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
    }

    Trace trace() {
        return trace;
    }

    /** Calls the tool; how that differs from what the scenario says. */
    List<Difference> differences() {
        GrantConfig grant = grant();
        Optional<String> ungranted = tool.requests().ungranted(tool.spec().name(), grant);
        if (ungranted.isPresent()) {
            return List.of(
                    Difference.at("grant", "with this grant the tool wouldn't load")
                            .mend(ungranted.get()));
        }
        Outcome outcome;
        try (ScenarioFolder folder = ScenarioFolder.of(tool.spec().name(), scenario)) {
            outcome = Outcome.of(result(powers(folder, grant)));
        }
        List<Difference> surprises = exchanges.differences();
        if (surprises.isEmpty() || cancellation.reason().isEmpty()) {
            trace.add(outcome.describe());
        }
        return surprises.isEmpty() ? outcome.differences(scenario.expect()) : surprises;
    }

    private GrantConfig grant() {
        PowerRequests asked = tool.requests();
        return scenario.grant()
                .orElseGet(() -> new GrantConfig(asked.network(), asked.files(), asked.agents()));
    }

    private ToolPowers powers(ScenarioFolder folder, GrantConfig grant) {
        var environments = new ToolEnvironments(folder.env());
        return new ToolPowers(
                _ -> grant,
                environments,
                new SecretMask(environments::secrets),
                new HostFetch(this::send, ToolScenarioRun::addresses),
                new GrantedFiles(folder.files(), List::of, MAX_FILE),
                LIMITS);
    }

    private ToolResult result(ToolPowers powers) {
        var invoker =
                new ToolInvoker(
                        new OneTool(tool.with(powers, clock)),
                        new ToolInvoker.Settings(MAX_RESULT, powers.mask()));
        return invoker.call(
                tool.spec().name(),
                new ToolCall(
                        "scenario",
                        scenario.arguments(),
                        (alias, query, _, _) -> exchanges.agent(alias, query),
                        this::progress,
                        cancellation));
    }

    private void progress(ToolCall.Progress progress) {
        trace.add(
                "progress %s/%s %s"
                        .formatted(
                                number(progress.done()),
                                number(progress.total()),
                                progress.message())
                        .strip());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private WireReply send(Wire.Hop hop, Cancellation call) throws FetchException {
        try {
            hop.addresses().find(hop.host());
        } catch (AddressBook.ForbiddenAddressException e) {
            throw new FetchException(
                    FetchException.Kind.NOT_ALLOWED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new FetchException(FetchException.Kind.FAILED, String.valueOf(e.getMessage()));
        }
        return exchanges.fetch(hop.request());
    }

    /** Names lead to public addresses here, of which none is called. */
    private static List<InetAddress> addresses(String host) {
        HostName name = HostName.of(host);
        if (name.isLocalhost()) {
            return List.of(InetAddress.getLoopbackAddress());
        }
        return name.address().stream().toList();
    }
}
