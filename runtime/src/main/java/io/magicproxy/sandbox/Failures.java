package io.magicproxy.sandbox;

import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/** Makes a failure for the script's author of what the engine threw. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());
    private static final String INTERNAL = "The script engine failed here; the log tells more";

    private final GuestRun run;
    private final BundleFiles files;
    private final Frames frames;

    Failures(GuestRun run, BundleFiles files) {
        this.run = run;
        this.files = files;
        this.frames = new Frames(run.script());
    }

    /** Of ours; what it is stands in the log only. */
    static ScriptFailure internal() {
        return new ScriptFailure.Thrown(
                INTERNAL, "InternalError", Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * @param glue our code in the guest, if it got that far; it is asked about the error, which may
     *     run the script's code
     */
    ScriptFailure of(PolyglotException thrown, Optional<Value> glue) {
        if (thrown.isResourceExhausted()) {
            return exhausted(thrown);
        }
        if (thrown.isExit()) {
            return new ScriptFailure.Denied(
                    "Scripts cannot exit: return from the function", frames.place(thrown));
        }
        if (thrown.isInternalError() || thrown.isHostException()) {
            return engineFailed(thrown);
        }
        Value error = thrown.getGuestObject();
        if (run.script().language() == Language.PYTHON && glue.isPresent() && error != null) {
            return python(glue.get(), error, frames.place(thrown));
        }
        return new JavaScriptError(thrown, frames).failure(files.denied(), glue);
    }

    /** Some denials come as failures of the engine; their words are Java's, not the author's. */
    private ScriptFailure engineFailed(PolyglotException thrown) {
        String message = Optional.ofNullable(thrown.getMessage()).orElse("");
        if (message.contains("not allowed")) {
            return new ScriptFailure.Denied(
                    "The sandbox doesn't allow what the script tried here", frames.place(thrown));
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "Run " + run.id() + ": the script engine failed",
                thrown);
        return new ScriptFailure.Thrown(
                INTERNAL,
                "InternalError",
                Optional.empty(),
                frames.place(thrown),
                frames.of(thrown).stream().map(Frames.Frame::toString).toList());
    }

    /** Of the error that our code in the guest has caught. */
    ScriptFailure ofOutcome(Value glue) {
        Optional<PolyglotException> engine = rethrown(glue);
        if (run.script().language() == Language.PYTHON) {
            return python(glue, glue.invokeMember("error"), engine.flatMap(e -> frames.place(e)));
        }
        return engine.map(e -> of(e, Optional.of(glue))).orElseGet(Failures::internal);
    }

    /** How the engine sees it; it has the column. */
    private Optional<PolyglotException> rethrown(Value glue) {
        try {
            glue.invokeMember("rethrow");
        } catch (PolyglotException e) {
            return Optional.of(e);
        } catch (IllegalArgumentException e) {
            // GraalPy 25.2.4 may look for a frame's place in another version of its bytecode.
            LOG.log(System.Logger.Level.DEBUG, "The engine has no place for an error", e);
        }
        return Optional.empty();
    }

    private ScriptFailure python(Value glue, Value error, Optional<Place> engine) {
        String source =
                frames.file(glue.invokeMember("file_of", error).asString())
                        .map(file -> run.script().files().getOrDefault(file, ""))
                        .orElse("");
        String description = glue.invokeMember("describe", error, source).asString();
        return PythonError.read(description).failure(run.limits(), frames, engine);
    }

    private ScriptFailure exhausted(PolyglotException thrown) {
        String message = Optional.ofNullable(thrown.getMessage()).orElse("");
        if (message.contains("tatement")) {
            return LimitMessages.statements(run.limits());
        }
        if (message.contains("emory")) {
            return LimitMessages.memory();
        }
        return LimitMessages.stack(run.limits());
    }
}
