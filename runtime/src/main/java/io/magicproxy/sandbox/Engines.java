package io.magicproxy.sandbox;

import java.util.EnumMap;
import java.util.Map;

/** An engine for each language, made when it is first needed. */
final class Engines implements AutoCloseable {
    /**
     * GraalPy keeps the code of all that was compiled until the engine closes: about 28 KiB of each
     * script, and in each run as much of each helper and each library module that the script
     * imports and that isn't there in compiled form.
     */
    private static final int PYTHON_SOURCES = 300;

    private static final int PYTHON_RUNS = 500;

    private final int pythonSources;
    private final Map<Language, LanguageEngine> current = new EnumMap<>(Language.class);

    private boolean closed;

    Engines() {
        this(PYTHON_SOURCES);
    }

    Engines(int pythonSources) {
        this.pythonSources = pythonSources;
    }

    /** The caller leaves it when its run is over. */
    synchronized LanguageEngine enter(ScriptBundle script) {
        if (closed) {
            throw new IllegalStateException("The sandbox is closed");
        }
        Language language = script.language();
        LanguageEngine engine = current.computeIfAbsent(language, this::open);
        if (language == Language.PYTHON && isOld(engine)) {
            engine.retire();
            engine = open(language);
            current.put(language, engine);
        }
        engine.enter();
        return engine;
    }

    private boolean isOld(LanguageEngine engine) {
        return engine.distinctSources() >= pythonSources || engine.runs() >= PYTHON_RUNS;
    }

    private LanguageEngine open(Language language) {
        return new LanguageEngine(
                switch (language) {
                    case JAVASCRIPT -> new JavaScriptGuest();
                    case PYTHON -> new PythonGuest();
                });
    }

    @Override
    public synchronized void close() {
        closed = true;
        current.values().forEach(LanguageEngine::close);
        current.clear();
    }
}
