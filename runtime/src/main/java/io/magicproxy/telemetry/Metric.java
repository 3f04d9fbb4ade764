package io.magicproxy.telemetry;

import java.util.List;

/**
 * Every metric: {@code docs/metrics.md} is made from this. Labels hold names from the configuration
 * and fixed words only: nothing that a caller chooses, and nothing of a key.
 */
enum Metric {
    REQUESTS(
            "magic_proxy.requests",
            Kind.COUNTER,
            "{request}",
            "Requests answered, by endpoint, alias and HTTP status",
            "endpoint",
            "alias",
            "status"),
    REQUEST_DURATION(
            "magic_proxy.request.duration",
            Kind.SECONDS,
            "s",
            "From a request's first byte to its answer's last",
            "endpoint"),
    OVERHEAD(
            "magic_proxy.overhead",
            Kind.SHORT_SECONDS,
            "s",
            "Time of a request that was not spent waiting for an upstream",
            "endpoint"),
    OPEN_STREAMS("magic_proxy.streams.open", Kind.UP_DOWN, "{stream}", "Streams being written"),
    ATTEMPTS(
            "magic_proxy.upstream.attempts",
            Kind.COUNTER,
            "{attempt}",
            "Calls of upstreams, by profile and outcome: ok, or the failure's class",
            "profile",
            "provider",
            "outcome"),
    ATTEMPT_DURATION(
            "magic_proxy.upstream.duration",
            Kind.SECONDS,
            "s",
            "Time of a call until its answer, for a stream until its first output",
            "profile"),
    FIRST_TOKEN(
            "magic_proxy.time_to_first_token",
            Kind.SECONDS,
            "s",
            "From a streamed request's first byte to the first output",
            "profile"),
    FALLBACKS(
            "magic_proxy.fallbacks",
            Kind.COUNTER,
            "{request}",
            "Requests that another profile than the first answered, by alias",
            "alias"),
    TOKENS(
            "magic_proxy.tokens",
            Kind.COUNTER,
            "{token}",
            "Tokens as the providers count them, by profile and kind: input, output, cache_read, cache_write, reasoning",
            "profile",
            "kind"),
    COST(
            "magic_proxy.cost",
            Kind.AMOUNT,
            "USD",
            "Cost by the prices in model_info, by profile",
            "profile"),
    CACHE_USES(
            "magic_proxy.cache.requests",
            Kind.COUNTER,
            "{request}",
            "Answers of profiles whose answers are remembered, by profile and outcome: hit, miss or bypass",
            "profile",
            "outcome"),
    RELOADS(
            "magic_proxy.config.reloads",
            Kind.COUNTER,
            "{reload}",
            "Configuration files read again, by outcome: applied or refused",
            "outcome"),
    KEY_PROBES(
            "magic_proxy.key.probes",
            Kind.COUNTER,
            "{probe}",
            "Keys tried by a synthetic call, by pool and outcome: ok, or the failure's class",
            "pool",
            "outcome"),
    KEYS("magic_proxy.keys", Kind.GAUGE, "{key}", "Keys, by pool and state", "pool", "state"),
    BREAKERS(
            "magic_proxy.breakers",
            Kind.GAUGE,
            "{breaker}",
            "Breakers, by profile and state: 1 for the one that holds",
            "profile",
            "state"),
    RUNS(
            "magic_proxy.session.runs",
            Kind.COUNTER,
            "{run}",
            "Runs of agents that have ended, by pattern and outcome: answered, failed or cancelled",
            "pattern",
            "outcome"),
    RUN_DURATION(
            "magic_proxy.session.run.duration",
            Kind.SECONDS,
            "s",
            "Time that workers were at a run, by pattern; its time in the queue apart",
            "pattern"),
    QUEUE_DURATION(
            "magic_proxy.session.queue.duration",
            Kind.SECONDS,
            "s",
            "How long runs waited for their first worker: the queue's lag",
            "pattern"),
    OPEN_RUNS(
            "magic_proxy.session.runs.open",
            Kind.GAUGE,
            "{run}",
            "Runs that have not ended, by place: waiting in the queue, which is its depth, or active",
            "place"),
    STEPS(
            "magic_proxy.session.steps",
            Kind.COUNTER,
            "{step}",
            "Steps of runs that have ended, by pattern",
            "pattern"),
    TOOL_CALLS(
            "magic_proxy.tool.duration",
            Kind.SECONDS,
            "s",
            "Time of a tool's call, by tool and outcome: ok, failed or timed_out",
            "tool",
            "outcome"),
    SCRIPT_DURATION(
            "magic_proxy.script.duration",
            Kind.SECONDS,
            "s",
            "Time in which a pattern's script was at work itself, none of its calls being under way"),
    SCRIPT_HOSTS(
            "magic_proxy.script.hosts",
            Kind.GAUGE,
            "{process}",
            "Child processes in which scripts run"),
    MCP_SERVERS(
            "magic_proxy.mcp_servers",
            Kind.GAUGE,
            "{server}",
            "Remote MCP servers, by server and state: 1 for the one that holds",
            "server",
            "state"),
    MCP_SESSIONS("magic_proxy.mcp_sessions", Kind.GAUGE, "{session}", "Sessions of MCP clients"),
    GEN_AI_DURATION(
            "gen_ai.client.operation.duration",
            Kind.SECONDS,
            "s",
            "The GenAI conventions' own: a call of a provider until its last byte; only while metrics go to a collector",
            "gen_ai.operation.name",
            "gen_ai.provider.name",
            "gen_ai.request.model",
            "error.type"),
    GEN_AI_TOKENS(
            "gen_ai.client.token.usage",
            Kind.TOKENS,
            "{token}",
            "The GenAI conventions' own: tokens of a call; only while metrics go to a collector",
            "gen_ai.operation.name",
            "gen_ai.provider.name",
            "gen_ai.request.model",
            "gen_ai.token.type");

    /** What is measured how. */
    enum Kind {
        COUNTER,
        AMOUNT,
        UP_DOWN,
        GAUGE,
        SECONDS,
        SHORT_SECONDS,
        TOKENS
    }

    private final String label;
    private final Kind kind;
    private final String unit;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes it, and nobody changes that.
    private final List<String> labels;

    Metric(String label, Kind kind, String unit, String meaning, String... labels) {
        this.label = label;
        this.kind = kind;
        this.unit = unit;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    String label() {
        return label;
    }

    Kind kind() {
        return kind;
    }

    String unit() {
        return unit;
    }

    String meaning() {
        return meaning;
    }

    List<String> labels() {
        return labels;
    }
}
