package io.magicproxy.mcp.client;

import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;

/** A tool of a remote server. */
record RemoteTool(RemoteSpec remote, RemoteCalls calls) implements Tool {
    @Override
    public ToolSpec spec() {
        return remote.spec();
    }

    @Override
    public Origin origin() {
        return remote.origin();
    }

    @Override
    public ToolResult call(ToolCall call) {
        return calls.call(remote, call);
    }
}
