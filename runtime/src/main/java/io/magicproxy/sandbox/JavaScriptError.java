package io.magicproxy.sandbox;

import io.magicproxy.sandbox.Frames.Frame;
import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/** A JavaScript error. */
final class JavaScriptError {
    private static final int MAX_FRAMES = 20;
    private static final String IMPORT = "import files of the script's folder: import './lib/x.js'";
    private static final String NO_NETWORK =
            "scripts have no network; a pattern calls a tool, a tool calls tool.fetch";
    private static final String NO_THREADS =
            "scripts have no threads; use Promise.all or ctx.parallel";
    private static final String NO_REPLAY = "it would make replays differ";
    private static final String RETURN = "return from the function";
    private static final String NO_HOST = "scripts see no host classes and no other language";
    private static final Pattern NO_MODULE = Pattern.compile("Cannot find module '([^'./][^']*)'");
    private static final Pattern NOT_DEFINED =
            Pattern.compile("^ReferenceError: (\\w+) is not defined");

    /** Names that other JavaScript engines have, and what to use here. */
    private static final Map<String, String> ELSEWHERE =
            Map.ofEntries(
                    Map.entry("require", IMPORT),
                    Map.entry("load", IMPORT),
                    Map.entry("process", "there is no process or environment; use parameters"),
                    Map.entry("fetch", NO_NETWORK),
                    Map.entry("XMLHttpRequest", NO_NETWORK),
                    Map.entry("WebSocket", NO_NETWORK),
                    Map.entry("Worker", NO_THREADS),
                    Map.entry("Atomics", NO_THREADS),
                    Map.entry("SharedArrayBuffer", NO_THREADS),
                    Map.entry("WeakRef", NO_REPLAY),
                    Map.entry("FinalizationRegistry", NO_REPLAY),
                    Map.entry("setTimeout", "use ctx.sleep"),
                    Map.entry("setInterval", "use ctx.sleep"),
                    Map.entry("setImmediate", "use await"),
                    Map.entry("Java", NO_HOST),
                    Map.entry("Packages", NO_HOST),
                    Map.entry("Polyglot", NO_HOST),
                    Map.entry("Deno", NO_HOST),
                    Map.entry("quit", RETURN),
                    Map.entry("exit", RETURN));

    private final PolyglotException thrown;
    private final Frames frames;
    private final String message;

    JavaScriptError(PolyglotException thrown, Frames frames) {
        this.thrown = thrown;
        this.frames = frames;
        this.message = Optional.ofNullable(thrown.getMessage()).orElse("");
    }

    /**
     * @param outside what the script tried to import from outside its folder
     */
    ScriptFailure failure(Optional<String> outside, Optional<Value> glue) {
        if (thrown.isSyntaxError()) {
            return new ScriptFailure.Syntax(message, frames.place(thrown.getSourceLocation()));
        }
        return outside.filter(message::contains)
                .or(this::bareImport)
                .map(path -> denied("Scripts cannot read " + path + ": " + IMPORT))
                .or(this::notHere)
                .orElseGet(() -> thrown(glue));
    }

    /** The engine's message names a missing file of the script's folder in the same way. */
    private Optional<String> bareImport() {
        Matcher module = NO_MODULE.matcher(message);
        return module.find() && Language.of(module.group(1)).isEmpty()
                ? Optional.of(module.group(1))
                : Optional.empty();
    }

    private Optional<ScriptFailure> notHere() {
        Matcher name = NOT_DEFINED.matcher(message);
        return name.find()
                ? Optional.ofNullable(ELSEWHERE.get(name.group(1)))
                        .map(instead -> denied("No " + name.group(1) + " here: " + instead))
                : Optional.empty();
    }

    private ScriptFailure denied(String why) {
        return new ScriptFailure.Denied(why, frames.place(thrown));
    }

    private ScriptFailure thrown(Optional<Value> glue) {
        Value error = thrown.getGuestObject();
        if (error == null || glue.isEmpty()) {
            return new ScriptFailure.Thrown(
                    message, "Error", Optional.empty(), frames.place(thrown), List.of());
        }
        String code = glue.get().invokeMember("codeOf", error).asString();
        List<Frame> trace = trace(glue.get().invokeMember("constructorsOf", error).asString());
        Optional<Place> place =
                trace.isEmpty() ? frames.place(thrown) : Optional.of(trace.getFirst().place());
        return new ScriptFailure.Thrown(
                message,
                type(error),
                Optional.of(code).filter(c -> !c.isEmpty()),
                place,
                trace.stream().limit(MAX_FRAMES).map(Frame::toString).toList());
    }

    /** An error's own constructors stand in its trace first; they tell nothing. */
    private List<Frame> trace(String constructors) {
        Set<String> own = new HashSet<>(Arrays.asList(constructors.split(" ", -1)));
        return frames.of(thrown).stream()
                .dropWhile(frame -> own.contains(frame.function()))
                .toList();
    }

    private static String type(Value error) {
        Value meta = error.getMetaObject();
        return meta == null ? "Error" : meta.getMetaSimpleName();
    }
}
