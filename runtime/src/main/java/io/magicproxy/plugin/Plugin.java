package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import java.time.Instant;

/**
 * One version of a plugin that has loaded well.
 *
 * @param version the hash of its file and all that it imports
 */
public record Plugin<T>(
        String name, String version, ScriptBundle bundle, Instant loadedAt, T value) {}
