package io.magicproxy.sandbox;

import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;

/** Every file is an ES module, whatever its ending. */
final class JavaScriptGuest implements Guest {
    private static final String ID = "js";
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "js.esm-eval-returns-exports", "true",
                    "js.graal-builtin", "false",
                    "js.print", "false",
                    "js.load", "false",
                    "js.console", "false",
                    // What a replay on another machine formats must be the same.
                    "js.locale", "en-US");

    private final Source glue =
            Source.newBuilder(ID, GuestSource.read("guest.js"), "magic-proxy:guest.js")
                    .buildLiteral();

    @Override
    public String id() {
        return ID;
    }

    /** 1 ms. */
    @Override
    public boolean isSlow() {
        return false;
    }

    @Override
    public void configure(Context.Builder context) {
        OPTIONS.forEach(context::option);
    }

    @Override
    public FileSystem files(BundleFiles bundle) {
        return bundle;
    }

    @Override
    public Source source(ScriptBundle script) {
        return Source.newBuilder(ID, script.source(), script.entry())
                .mimeType("application/javascript+module")
                .buildLiteral();
    }

    @Override
    public Value glue(Context context, HostFunctions host) {
        return context.eval(glue)
                .execute(host.millis(), host.random(), host.ask(), host.start(), host.say());
    }

    @Override
    public Value prelude(Context context, Value glue, Prelude prelude) {
        return context.eval(
                Source.newBuilder(ID, prelude.javascript(), prelude.name()).buildLiteral());
    }

    @Override
    public Value module(Context context, Value glue, Source script) {
        return context.eval(script);
    }
}
