package io.magicproxy.testing;

import io.magicproxy.sandbox.InProcessRuntime;

/**
 * One sandbox for all tests of a JVM that don't look at the sandbox itself: the first Python engine
 * takes seconds. It ends with the JVM.
 */
public final class SharedSandbox {
    public static final InProcessRuntime RUNTIME = new InProcessRuntime();

    private SharedSandbox() {}
}
