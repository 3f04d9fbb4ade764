package io.magicproxy.chat;

/** Why a model stopped. */
public enum FinishReason {
    STOP("stop"),
    LENGTH("length"),
    TOOL_CALLS("tool_calls"),
    CONTENT_FILTER("content_filter");

    private final String wire;

    FinishReason(String wire) {
        this.wire = wire;
    }

    /** The name in OpenAI's format. */
    public String wire() {
        return wire;
    }
}
