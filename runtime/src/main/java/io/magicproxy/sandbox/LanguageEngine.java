package io.magicproxy.sandbox;

import io.magicproxy.sandbox.SpareContexts.Kind;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.SandboxPolicy;
import org.graalvm.polyglot.Source;

/**
 * One language's engine: what contexts share, which is parsed code and nothing that a guest sees.
 */
final class LanguageEngine {
    private static final int SOURCES_KEPT = 256;

    private final Guest guest;
    private final Engine engine;
    private final Map<String, Source> sources =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Source> eldest) {
                    return size() > SOURCES_KEPT;
                }
            };
    private final SpareContexts spares = new SpareContexts(this::open);
    private int distinct;
    private int users;
    private int runs;
    private boolean retired;
    private boolean closed;

    LanguageEngine(Guest guest) {
        this.guest = guest;
        this.engine =
                Engine.newBuilder(guest.id())
                        .sandbox(SandboxPolicy.CONSTRAINED)
                        .in(InputStream.nullInputStream())
                        .out(OutputStream.nullOutputStream())
                        .err(OutputStream.nullOutputStream())
                        .build();
    }

    Guest guest() {
        return guest;
    }

    /** The same object for the same script, so that it is parsed once. */
    synchronized Source source(ScriptBundle script) {
        return sources.computeIfAbsent(
                script.hash(),
                hash -> {
                    distinct++;
                    return guest.source(script);
                });
    }

    /** How many scripts it has met. */
    synchronized int distinctSources() {
        return distinct;
    }

    /** A fresh one, for one run. */
    GuestContext context(SandboxLimits limits) {
        Kind kind = Kind.of(limits);
        return guest.isSlow() ? spares.take(kind) : open(kind);
    }

    private GuestContext open(Kind kind) {
        Context.Builder context =
                Context.newBuilder(guest.id())
                        .engine(engine)
                        .sandbox(SandboxPolicy.CONSTRAINED)
                        .allowHostAccess(HostAccess.CONSTRAINED)
                        .in(InputStream.nullInputStream())
                        .out(OutputStream.nullOutputStream())
                        .err(OutputStream.nullOutputStream())
                        .timeZone(ZoneOffset.UTC)
                        .option("sandbox.MaxStatements", Long.toString(kind.statements()))
                        .option("sandbox.MaxStackFrames", Integer.toString(kind.stackFrames()));
        guest.configure(context);
        return new GuestContext(guest, context);
    }

    synchronized void enter() {
        users++;
        runs++;
    }

    /** How many have entered. */
    synchronized int runs() {
        return runs;
    }

    void leave() {
        synchronized (this) {
            users--;
        }
        closeIfUnused();
    }

    /** Closes when its last user has left. */
    void retire() {
        synchronized (this) {
            retired = true;
        }
        closeIfUnused();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes now, whoever uses it. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        spares.close();
        engine.close(true);
    }

    private void closeIfUnused() {
        synchronized (this) {
            if (!retired || users > 0 || closed) {
                return;
            }
            closed = true;
        }
        spares.close();
        engine.close();
    }
}
