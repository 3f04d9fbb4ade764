package io.magicproxy.sandbox;

import org.junit.jupiter.api.AfterAll;

class InProcessRuntimeTest extends ScriptRuntimeContract {
    private static final InProcessRuntime RUNTIME = new InProcessRuntime();

    @AfterAll
    static void close() {
        RUNTIME.close();
    }

    @Override
    ScriptRuntime runtime() {
        return RUNTIME;
    }
}
