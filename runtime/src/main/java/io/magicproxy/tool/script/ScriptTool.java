package io.magicproxy.tool.script;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.power.PowerRequests;

/** A tool that is a script: one version of one file. */
public final class ScriptTool implements Tool {
    private final ToolSpec spec;
    private final ScriptBundle bundle;
    private final ScriptToolCalls calls;
    private final PowerRequests requests;

    ScriptTool(ToolSpec spec, ScriptBundle bundle, PowerRequests requests, ScriptToolCalls calls) {
        this.spec = spec;
        this.requests = requests;
        this.bundle = bundle;
        this.calls = calls;
    }

    @Override
    public ToolSpec spec() {
        return spec;
    }

    /** What its manifest asks for; granted when it was loaded. */
    public PowerRequests requests() {
        return requests;
    }

    @Override
    public ToolResult call(ToolCall call) {
        return calls.run(bundle, spec, call);
    }
}
