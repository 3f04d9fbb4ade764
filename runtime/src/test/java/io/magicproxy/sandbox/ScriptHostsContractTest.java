package io.magicproxy.sandbox;

import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.ScriptHosts;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ScriptHostsContractTest extends ScriptRuntimeContract {
    private static ScriptHosts hosts;

    @BeforeAll
    static void open(@TempDir Path cache) {
        hosts = new ScriptHosts(HostSettings.defaults(cache));
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
