package io.magicproxy.sandbox;

/**
 * One thing that a script asks for.
 *
 * @param op what is asked for
 * @param value JSON text
 */
public record HostCall(String op, String value) {}
