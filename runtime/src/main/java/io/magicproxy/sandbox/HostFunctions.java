package io.magicproxy.sandbox;

import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * What our own code in the guest gets of the host; the script never sees these.
 *
 * @param millis the clock, for JavaScript
 * @param nanos the clock, for Python
 * @param random from 0, below 1
 * @param randomLong any
 * @param ask operation and JSON text in, reply out; blocks
 * @param start the same, but gives the call's number at once
 * @param say operation and JSON text
 */
record HostFunctions(
        ProxyExecutable millis,
        ProxyExecutable nanos,
        ProxyExecutable random,
        ProxyExecutable randomLong,
        ProxyExecutable ask,
        ProxyExecutable start,
        ProxyExecutable say) {}
