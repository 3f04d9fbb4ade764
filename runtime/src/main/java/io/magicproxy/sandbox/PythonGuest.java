package io.magicproxy.sandbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;

/** Python without threads, event loop or anything live. */
final class PythonGuest implements Guest {
    private static final String ID = "python";

    private final Source world = ours("world.py");
    private final Source glue = ours("guest.py");
    private final Map<Prelude, Source> preludes = new ConcurrentHashMap<>();

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
        Source source = preludes.computeIfAbsent(prelude, PythonGuest::function);
        return glue.invokeMember("prelude", context.eval(source));
    }

    /**
     * One function around all of it. A source that is evaluated is compiled once for all contexts,
     * but its names stand beside the script's; what {@code compile} makes is never let go of by the
     * engine.
     */
    private static Source function(Prelude prelude) {
        String text =
                "def _magic_proxy_prelude():\n"
                        + prelude.python().indent(4)
                        + "    return locals()\n\n_magic_proxy_prelude\n";
        return Source.newBuilder(ID, text, prelude.name()).buildLiteral();
    }

    @Override
    public Value module(Context context, Value glue, Source script) {
        Value module = glue.invokeMember("module", BundleFiles.ROOT.toString());
        context.eval(script);
        return module;
    }
}
