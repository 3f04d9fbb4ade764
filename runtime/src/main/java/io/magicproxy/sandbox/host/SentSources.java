package io.magicproxy.sandbox.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.ScriptBundle;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What one host has been sent: each bundle and prelude once, as long as it is used now and then.
 */
final class SentSources {
    private static final int KEPT = 128;

    private final Map<String, Boolean> hashes = new LinkedHashMap<>(16, 0.75f, true);

    /** False if it is too large to be sent. */
    boolean send(ScriptBundle script, String hash, Consumer<Packet<ToHost>> out) {
        if (hashes.get(hash) != null) { // Also marks it as used.
            return true;
        }
        ObjectNode files = Json.object();
        script.files().forEach(files::put);
        String body = Wire.withoutHalves(Json.text(files));
        if (!Wire.fits(body)) {
            return false;
        }
        out.accept(new Packet<>(new ToHost.Bundle(hash, script.entry()), body));
        remember(hash, out);
        return true;
    }

    void send(Prelude prelude, String hash, Consumer<Packet<ToHost>> out) {
        if (hashes.get(hash) != null) {
            return;
        }
        ObjectNode parts =
                Json.object()
                        .put("javascript", prelude.javascript())
                        .put("python", prelude.python());
        out.accept(new Packet<>(new ToHost.PreludeSource(hash, prelude.name()), Json.text(parts)));
        remember(hash, out);
    }

    /** May forget what hasn't been used for the longest time, never what the next run needs. */
    private void remember(String hash, Consumer<Packet<ToHost>> out) {
        hashes.put(hash, true);
        if (hashes.size() > KEPT) {
            String eldest = hashes.keySet().iterator().next();
            hashes.remove(eldest);
            out.accept(Packet.of(new ToHost.Forget(eldest)));
        }
    }

    /** A prelude's parts as one bundle have one hash. */
    static String hash(Prelude prelude) {
        Map<String, String> parts =
                Map.of(
                        prelude.name(),
                        prelude.javascript().length()
                                + "\0"
                                + prelude.javascript()
                                + prelude.python());
        return "prelude-" + new ScriptBundle(prelude.name(), new TreeMap<>(parts)).hash();
    }
}
