package io.magicproxy.config;

/**
 * Where something is written: counted from 1, as editors do.
 *
 * @param endColumn the column after its last character, on the same line
 */
public record Place(int line, int column, int endColumn) {
    static final Place START = new Place(1, 1, 1);
}
