package io.magicproxy.pattern;

import io.magicproxy.sandbox.Prelude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Our own code that stands between a pattern's script and the host. */
final class Preludes {
    static final Prelude CTX = new Prelude("ctx", read("ctx.js"), read("ctx.py"));

    private Preludes() {}

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(Preludes.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
