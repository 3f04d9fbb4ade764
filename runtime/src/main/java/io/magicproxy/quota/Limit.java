package io.magicproxy.quota;

import io.magicproxy.store.Counters.Span;

/** What is limited. */
public enum Limit {
    REQUESTS("requests", Span.MINUTE, "requests a minute"),
    TOKENS("tokens", Span.MINUTE, "tokens a minute"),
    CONCURRENT("calls", Span.HELD, "calls at a time"),
    DAY("spend", Span.DAY, "US dollars a day"),
    MONTH("spend", Span.MONTH, "US dollars a month");

    private final String counter;
    private final Span span;
    private final String words;

    Limit(String counter, Span span, String words) {
        this.counter = counter;
        this.span = span;
        this.words = words;
    }

    String counter() {
        return counter;
    }

    Span span() {
        return span;
    }

    /** What is counted, for people. */
    public String words() {
        return words;
    }

    /** Whether the request for a run counts, besides the calls that the run makes. */
    boolean ofRuns() {
        return this == REQUESTS || isBudget();
    }

    public boolean isBudget() {
        return this == DAY || this == MONTH;
    }
}
