package io.magicproxy.sandbox.host;

/**
 * A living host, for whoever looks after it.
 *
 * @param name by language and number, as in the log
 * @param pid of its process
 * @param ready its language is warm
 * @param runs that are in it
 */
public record HostStatus(String name, long pid, boolean ready, int runs) {}
