package io.magicproxy.sandbox;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;

/** What differs between the languages. */
interface Guest {
    /** The engine's name of the language. */
    String id();

    /** A context takes so long to make that it is worth making it ahead. */
    boolean isSlow();

    /** Adds this language's options. */
    void configure(Context.Builder context);

    /** The files that a context sees. */
    FileSystem files(BundleFiles bundle);

    Source source(ScriptBundle script);

    /** Evaluates our own code: clock, chance, host, driver. */
    Value glue(Context context, HostFunctions host);

    Value prelude(Context context, Value glue, Prelude prelude);

    /** Evaluates the script, gives its exports. */
    Value module(Context context, Value glue, Source script);
}
