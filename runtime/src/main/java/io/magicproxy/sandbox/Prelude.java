package io.magicproxy.sandbox;

/**
 * Our own code in the guest, between the script and the host: it makes {@code ctx} of host calls.
 *
 * <p>JavaScript: an expression whose value is an object of functions. Python: a module of
 * functions. Each function takes {@code (host, module, input)}: {@code module} are the script's
 * exports, {@code input} is the run's input, and {@code host} has
 *
 * <ul>
 *   <li>{@code host.call(op, value)}: asks {@link HostCalls} and waits; gives the answer, or throws
 *       an error with {@code code} and {@code message};
 *   <li>{@code host.start(op, value)}: the same as a promise, in Python as an awaitable;
 *   <li>{@code host.tell(op, value)}: says it without waiting for an answer.
 * </ul>
 *
 * What the function returns is the run's result, as JSON; a promise or coroutine is driven to its
 * end first.
 *
 * @param name in guest stack traces, where its frames are left out
 */
public record Prelude(String name, String javascript, String python) {
    public String source(Language language) {
        return switch (language) {
            case JAVASCRIPT -> javascript;
            case PYTHON -> python;
        };
    }
}
