package io.magicproxy.sandbox;

import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.sandbox.host.TestHosts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ScriptHostsContractTest extends ScriptRuntimeContract {
    private static ScriptHosts hosts;

    @BeforeAll
    static void open() {
        hosts = TestHosts.start(HostSettings.defaults(TestHosts.library()));
    }

    @AfterAll
    static void close() {
        hosts.close();
    }

    @Override
    ScriptRuntime runtime() {
        return hosts;
    }
}
