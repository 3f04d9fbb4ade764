package io.magicproxy.sandbox;

import java.util.Optional;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;

/**
 * A context with our own code in it, for one run. It may be made before there is a run: what it
 * sees of the run is connected later.
 */
final class GuestContext implements AutoCloseable {
    private final BundleFiles files = new BundleFiles();
    private final Context context;
    private final Value glue;
    private volatile Optional<HostFunctions> host = Optional.empty();

    GuestContext(Guest guest, Context.Builder builder) {
        context =
                builder.allowIO(IOAccess.newBuilder().fileSystem(guest.files(files)).build())
                        .build();
        boolean ready = false;
        try {
            glue = guest.glue(context, later());
            ready = true;
        } finally {
            if (!ready) {
                context.close(true);
            }
        }
    }

    private HostFunctions later() {
        return new HostFunctions(
                arguments -> host().millis().execute(arguments),
                arguments -> host().nanos().execute(arguments),
                arguments -> host().random().execute(arguments),
                arguments -> host().randomLong().execute(arguments),
                arguments -> host().ask().execute(arguments),
                arguments -> host().start().execute(arguments),
                arguments -> host().say().execute(arguments));
    }

    private HostFunctions host() {
        return host.orElseThrow();
    }

    /** Once, before the script is looked at. */
    void connect(ScriptBundle script, HostFunctions functions) {
        files.open(script);
        host = Optional.of(functions);
    }

    Context context() {
        return context;
    }

    Value glue() {
        return glue;
    }

    BundleFiles files() {
        return files;
    }

    @Override
    public void close() {
        context.close(true);
    }
}
