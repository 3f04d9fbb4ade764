package io.magicproxy.sandbox;

import org.graalvm.polyglot.proxy.ProxyExecutable;

/** What our own code in the guest gets of the host; the script never sees these. */
record HostFunctions(
        ProxyExecutable now,
        ProxyExecutable random,
        ProxyExecutable ask,
        ProxyExecutable start,
        ProxyExecutable say) {
    Object[] all() {
        return new Object[] {now, random, ask, start, say};
    }
}
