package io.magicproxy.pattern;

import java.util.function.Consumer;
import java.util.function.Function;

/** Sees a model's answer while it comes, and turns it into what the session's watchers see. */
public interface ModelWatcher {
    /** A call may be made anew after a failure: each attempt has a watcher of its own. */
    Attempt begin(Consumer<Saying> out);

    /** One attempt at the call. */
    interface Attempt {
        void reasoning(String text);

        /** More text; true if nothing that follows counts, so that the call can be ended. */
        boolean text(String text);

        /** The answer is whole. */
        void end();
    }

    /** Shows nothing. */
    static ModelWatcher silent() {
        return out ->
                new Attempt() {
                    @Override
                    public void reasoning(String text) {}

                    @Override
                    public boolean text(String text) {
                        return false;
                    }

                    @Override
                    public void end() {}
                };
    }

    /** Shows all of it as a thought. */
    static ModelWatcher thought() {
        return out -> new Shown(out, Saying.Thought::new);
    }

    /** Shows the text as the answer. */
    static ModelWatcher answer() {
        return out -> new Shown(out, Saying.Answer::new);
    }

    /** Shows reasoning as thoughts and text as it is told. */
    record Shown(Consumer<Saying> out, Function<String, Saying> shape) implements Attempt {
        @Override
        public void reasoning(String text) {
            out.accept(new Saying.Thought(text));
        }

        @Override
        public boolean text(String text) {
            out.accept(shape.apply(text));
            return false;
        }

        @Override
        public void end() {}
    }
}
