package io.magicproxy.sandbox;

import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.SourceSection;
import org.jspecify.annotations.Nullable;

/** Where in the script's own files an error came from; our files and the library's are left out. */
record Frames(ScriptBundle script) {
    record Frame(String function, Place place) {
        @Override
        public String toString() {
            return function + " (" + place.file() + ":" + place.line() + ")";
        }
    }

    /** Innermost first. */
    List<Frame> of(PolyglotException thrown) {
        return StreamSupport.stream(thrown.getPolyglotStackTrace().spliterator(), false)
                .filter(PolyglotException.StackFrame::isGuestFrame)
                .flatMap(frame ->
                        place(frame.getSourceLocation())
                                .map(at -> new Frame(name(frame.getRootName()), at))
                                .stream())
                .toList();
    }

    /** The innermost place. */
    Optional<Place> place(PolyglotException thrown) {
        return place(thrown.getSourceLocation())
                .or(() -> of(thrown).stream().findFirst().map(Frame::place));
    }

    Optional<Place> place(@Nullable SourceSection section) {
        if (section == null) {
            return Optional.empty();
        }
        String path = section.getSource().getPath();
        return file(path == null ? section.getSource().getName() : path)
                .map(file -> new Place(file, section.getStartLine(), section.getStartColumn()));
    }

    /** The script's file that the engine knows by this path. */
    Optional<String> file(String path) {
        return BundleFiles.name(path).filter(file -> script.files().containsKey(file));
    }

    private static String name(@Nullable String function) {
        return function == null ? "" : function;
    }
}
