package io.magicproxy.sandbox;

/** Runs scripts behind walls. Used by many threads at once. */
public interface ScriptRuntime extends AutoCloseable {
    /**
     * Runs a script to its end. Blocks.
     *
     * @return the result as JSON text
     */
    String run(GuestRun run, HostCalls host) throws ScriptException;

    /** Scripts of this language will come: gets ready in the background, if that takes long. */
    default void expect(Language language) {}

    @Override
    void close();
}
