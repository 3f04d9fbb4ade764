package io.magicproxy.sandbox;

/**
 * @param op what is asked for
 * @param value JSON text
 */
public record HostCall(String op, String value) {}
