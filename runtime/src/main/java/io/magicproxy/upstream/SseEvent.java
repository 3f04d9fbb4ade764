package io.magicproxy.upstream;

/**
 * One server-sent event. The slices are valid until the reader waits for more.
 *
 * @param name its {@code event:} field, or ""
 * @param data its {@code data:} lines, joined by line feeds
 * @param raw the event as it came, with the empty line that ends it. Events that came together
 *     stand one after the other in the same array, so that a run of them can be passed on with one
 *     write
 */
public record SseEvent(String name, Slice data, Slice raw) {}
