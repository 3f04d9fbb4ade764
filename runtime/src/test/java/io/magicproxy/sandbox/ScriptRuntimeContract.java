package io.magicproxy.sandbox;

/** What every script runtime keeps. One subclass an implementation runs all of it. */
abstract class ScriptRuntimeContract extends DeterminismContract {}
