package io.magicproxy.server.typewriter;

/** A stretch of a chunk's bytes. */
record Span(int start, int end) {}
