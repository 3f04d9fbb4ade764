package io.magicproxy.sandbox;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;

/** Python without threads, event loop or anything live. */
final class PythonGuest implements Guest {
    private static final String ID = "python";

    private final Source world = ours("world.py");
    private final Source glue = ours("guest.py");

    private static Source ours(String name) {
        return Source.newBuilder(ID, GuestSource.read(name), "magic-proxy:" + name).buildLiteral();
    }

    @Override
    public String id() {
        return ID;
    }

    /** 40 ms. */
    @Override
    public boolean isSlow() {
        return true;
    }

    @Override
    public void configure(Context.Builder context) {}

    @Override
    public FileSystem files(BundleFiles bundle) {
        return FileSystem.allowInternalResources(bundle);
    }

    @Override
    public Source source(ScriptBundle script) {
        return Source.newBuilder(ID, script.source(), script.entry()).buildLiteral();
    }

    @Override
    public Value glue(Context context, HostFunctions host) {
        Value made = context.eval(glue).execute(host.ask(), host.start(), host.say());
        made.invokeMember("world", context.eval(world), host.nanos(), host.randomLong());
        return made;
    }

    @Override
    public Value prelude(Context context, Value glue, Prelude prelude) {
        return glue.invokeMember("prelude", prelude.name(), prelude.python());
    }

    @Override
    public Value module(Context context, Value glue, Source script) {
        Value module = glue.invokeMember("module", BundleFiles.ROOT.toString());
        context.eval(script);
        return module;
    }
}
