/**
 * Script hosts: child JVMs that run scripts, and what starts, watches and kills them. {@link
 * io.magicproxy.sandbox.host.ScriptHosts} is the gateway's side, {@link
 * io.magicproxy.sandbox.host.ScriptHostMain} the child's. Neither trusts what the other's process
 * might become: a host may have been taken over by a script.
 */
@NullMarked
package io.magicproxy.sandbox.host;

import org.jspecify.annotations.NullMarked;
