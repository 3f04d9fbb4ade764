package io.magicproxy.sandbox;

import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** Makes a failure for the script's author of what the engine threw. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());
    private static final String INTERNAL = "The script engine failed here; the log tells more";
    private static final int MAX_FRAMES = 20;
    private static final Pattern NOT_DEFINED = Pattern.compile("(\\w+) is not defined");

    /** Names that other JavaScript engines have, and what to use here. */
    private static final Map<String, String> ELSEWHERE =
            Map.ofEntries(
                    Map.entry(
                            "require", "import files of the script's folder: import './lib/x.js'"),
                    Map.entry("process", "there is no process or environment; use parameters"),
                    Map.entry("fetch", "scripts have no network; use a tool"),
                    Map.entry("XMLHttpRequest", "scripts have no network; use a tool"),
                    Map.entry("WebSocket", "scripts have no network; use a tool"),
                    Map.entry("Worker", "scripts have no threads; use Promise.all or ctx.parallel"),
                    Map.entry("Atomics", "scripts have no threads"),
                    Map.entry("SharedArrayBuffer", "scripts have no threads"),
                    Map.entry("WeakRef", "it would make replays differ"),
                    Map.entry("FinalizationRegistry", "it would make replays differ"),
                    Map.entry("setTimeout", "use ctx.sleep"),
                    Map.entry("setInterval", "use ctx.sleep"),
                    Map.entry("setImmediate", "use await"),
                    Map.entry("Java", "scripts see no host classes"),
                    Map.entry("Packages", "scripts see no host classes"),
                    Map.entry("Polyglot", "scripts see no other language"),
                    Map.entry("Deno", "scripts see no host"),
                    Map.entry("load", "import files of the script's folder: import './lib/x.js'"),
                    Map.entry("quit", "return from the function"),
                    Map.entry("exit", "return from the function"));

    private final GuestRun run;
    private final BundleFiles files;

    Failures(GuestRun run, BundleFiles files) {
        this.run = run;
        this.files = files;
    }

    /** Of ours; what it is stands in the log only. */
    static ScriptFailure internal() {
        return new ScriptFailure.Thrown(
                INTERNAL, "InternalError", Optional.empty(), Optional.empty(), List.of());
    }

    ScriptFailure of(PolyglotException thrown, Optional<Value> glue) {
        if (thrown.isResourceExhausted()) {
            return exhausted(thrown);
        }
        if (thrown.isInternalError() || thrown.isHostException()) {
            if (thrown.getMessage() != null && thrown.getMessage().contains("not allowed")) {
                return new ScriptFailure.Denied(
                        "The sandbox doesn't allow what the script tried here", place(thrown));
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Run " + run.id() + ": the script engine failed",
                    thrown);
            return thrown(INTERNAL, "InternalError", thrown);
        }
        if (thrown.isExit()) {
            return exit(thrown);
        }
        if (run.script().language() == Language.PYTHON && glue.isPresent()) {
            Value error = thrown.getGuestObject();
            if (error != null) {
                return PythonError.read(glue.get().invokeMember("describe", error).asString())
                        .failure(run, place(thrown));
            }
        }
        String message = Optional.ofNullable(thrown.getMessage()).orElse("");
        if (thrown.isSyntaxError()) {
            return new ScriptFailure.Syntax(message, section(thrown.getSourceLocation()));
        }
        return denied(thrown, message)
                .orElseGet(() -> withCode(thrown(message, type(thrown), thrown), thrown, glue));
    }

    private ScriptFailure exit(PolyglotException thrown) {
        return new ScriptFailure.Denied(
                "Scripts cannot exit; return from the function", place(thrown));
    }

    private Optional<ScriptFailure> denied(PolyglotException thrown, String message) {
        Optional<String> outside = files.denied();
        if (outside.isPresent() && message.contains(outside.get())) {
            return Optional.of(
                    new ScriptFailure.Denied(
                            "Scripts cannot read "
                                    + outside.get()
                                    + "; import files of the script's own folder",
                            place(thrown)));
        }
        Matcher name = NOT_DEFINED.matcher(message);
        if (name.find() && ELSEWHERE.containsKey(name.group(1))) {
            return Optional.of(
                    new ScriptFailure.Denied(
                            "No " + name.group(1) + " here: " + ELSEWHERE.get(name.group(1)),
                            place(thrown)));
        }
        return Optional.empty();
    }

    private ScriptFailure exhausted(PolyglotException thrown) {
        String message = Optional.ofNullable(thrown.getMessage()).orElse("");
        SandboxLimits limits = run.limits();
        if (message.contains("tatement")) {
            return LimitMessages.statements(limits);
        }
        if (message.contains("emory")) {
            return LimitMessages.memory();
        }
        return LimitMessages.stack(limits);
    }

    private ScriptFailure.Thrown thrown(String message, String type, PolyglotException thrown) {
        List<String> frames = new ArrayList<>();
        for (PolyglotException.StackFrame frame : thrown.getPolyglotStackTrace()) {
            if (frame.isGuestFrame() && frames.size() < MAX_FRAMES) {
                section(frame.getSourceLocation())
                        .ifPresent(at ->
                                frames.add(
                                        frame.getRootName()
                                                + " ("
                                                + at.file()
                                                + ":"
                                                + at.line()
                                                + ")"));
            }
        }
        return new ScriptFailure.Thrown(message, type, Optional.empty(), place(thrown), frames);
    }

    private static ScriptFailure withCode(
            ScriptFailure.Thrown failure, PolyglotException thrown, Optional<Value> glue) {
        Value error = thrown.getGuestObject();
        if (error == null || glue.isEmpty()) {
            return failure;
        }
        String code = glue.get().invokeMember("codeOf", error).asString();
        return new ScriptFailure.Thrown(
                failure.message(),
                failure.type(),
                Optional.of(code).filter(c -> !c.isEmpty()),
                failure.place(),
                failure.frames());
    }

    private static String type(PolyglotException thrown) {
        Value error = thrown.getGuestObject();
        if (error == null) {
            return "Error";
        }
        Value meta = error.getMetaObject();
        return meta == null ? "Error" : meta.getMetaSimpleName();
    }

    /** The innermost place in a file of the script. */
    private Optional<Place> place(PolyglotException thrown) {
        Optional<Place> here = section(thrown.getSourceLocation());
        if (here.isPresent()) {
            return here;
        }
        for (PolyglotException.StackFrame frame : thrown.getPolyglotStackTrace()) {
            if (frame.isGuestFrame()) {
                Optional<Place> there = section(frame.getSourceLocation());
                if (there.isPresent()) {
                    return there;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Place> section(@Nullable SourceSection section) {
        if (section == null) {
            return Optional.empty();
        }
        String path = section.getSource().getPath();
        return BundleFiles.name(path == null ? section.getSource().getName() : path)
                .filter(file -> run.script().files().containsKey(file))
                .map(file -> new Place(file, section.getStartLine(), section.getStartColumn()));
    }
}
