package io.magicproxy.sandbox;

import java.util.EnumMap;
import java.util.Map;

/** An engine for each language, made when it is first needed. */
final class Engines implements AutoCloseable {
    /** GraalPy keeps about 28 KiB of each source that an engine has met until the engine closes. */
    private static final int PYTHON_SOURCES = 300;

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
        if (language == Language.PYTHON && engine.distinctSources() >= pythonSources) {
            engine.retire();
            engine = open(language);
            current.put(language, engine);
        }
        engine.enter();
        return engine;
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
