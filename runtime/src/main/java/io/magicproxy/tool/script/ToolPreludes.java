package io.magicproxy.tool.script;

import io.magicproxy.sandbox.Prelude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Our own code that stands between a tool's script and the host. What only some calls need is left
 * out of the others: it is read anew in each context.
 */
final class ToolPreludes {
    private static final String NAME = "tool";
    private static final String CALL_JS =
            "((powers) => (" + resource("tool.js") + "))(" + resource("powers.js") + ")";
    private static final String CALL_PY = resource("tool.py") + resource("powers.py");
    private static final String HINTS_PY = resource("hints.py");

    /** Asks a file what tool it is. */
    static final Prelude DESCRIBE =
            new Prelude(
                    NAME,
                    "(" + resource("describe.js") + ")(" + resource("jsdoc.js") + ")",
                    CALL_PY + HINTS_PY + resource("describe.py"));

    private static final Prelude CALL = new Prelude(NAME, CALL_JS, CALL_PY);
    private static final Prelude TYPED = new Prelude(NAME, CALL_JS, CALL_PY + HINTS_PY);

    private ToolPreludes() {}

    /**
     * Calls the tool.
     *
     * @param typed whether its arguments must be made of JSON first, by the function's type hints
     */
    static Prelude call(boolean typed) {
        return typed ? TYPED : CALL;
    }

    private static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(ToolPreludes.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
