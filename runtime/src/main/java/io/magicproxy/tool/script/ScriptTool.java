package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.power.PowerRequests;
import java.time.InstantSource;

/** A tool that is a script: one version of one file. */
public final class ScriptTool implements Tool {
    private final ToolSpec spec;
    private final ScriptBundle bundle;
    private final ToolManifest manifest;
    private final ObjectNode call;
    private final ScriptToolCalls calls;

    /**
     * @param call how the prelude calls the script's function
     */
    ScriptTool(
            ToolSpec spec,
            ScriptBundle bundle,
            ToolManifest manifest,
            ObjectNode call,
            ScriptToolCalls calls) {
        this.spec = spec;
        this.bundle = bundle;
        this.manifest = manifest;
        this.call = call;
        this.calls = calls;
    }

    @Override
    public ToolSpec spec() {
        return spec;
    }

    @Override
    public Origin origin() {
        return new Origin(bundle.entry(), bundle.hash());
    }

    public ToolManifest manifest() {
        return manifest;
    }

    /** What it asks for; granted when it was loaded. */
    public PowerRequests requests() {
        return manifest.requests();
    }

    /** The same tool with other powers, at another time: for whoever tries it out. */
    public ScriptTool with(ToolPowers powers, InstantSource clock) {
        return new ScriptTool(spec, bundle, manifest, call, calls.with(powers, clock));
    }

    @Override
    public ToolResult call(ToolCall made) {
        return calls.run(bundle, spec, call, made);
    }
}
