package io.magicproxy.sandbox;

/**
 * Starts a run again whose host was lost, for scripts that ask nobody for anything: they can begin
 * anew as often as they like. Sessions do it themselves, as they have a journal to keep.
 */
public final class RestartedRuns implements ScriptRuntime {
    private static final int STARTS = 4;

    private final ScriptRuntime runtime;

    /** Doesn't own the runtime. */
    public RestartedRuns(ScriptRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String run(GuestRun run, HostCalls host) throws ScriptException {
        for (int start = 1; ; start++) {
            try {
                return runtime.run(run, host);
            } catch (ScriptException e) {
                if (!(e.failure() instanceof ScriptFailure.HostLost) || start == STARTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        // The runtime is its owner's to close.
    }
}
