package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;

/** Makes a plugin of a script: runs it once, in its walls, to see what it exports. */
@FunctionalInterface
public interface PluginLoader<T> {
    T load(String name, ScriptBundle bundle) throws ScriptException;
}
