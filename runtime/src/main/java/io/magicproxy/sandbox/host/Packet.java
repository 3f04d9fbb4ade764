package io.magicproxy.sandbox.host;

/**
 * A frame as it travels: a small JSON object and a text, which is often JSON itself. The text is
 * not a part of the object so that it needn't be escaped, and that its numbers keep their digits.
 *
 * @param body empty if the frame has no text
 */
record Packet<F>(F frame, String body) {
    static <F> Packet<F> of(F frame) {
        return new Packet<>(frame, "");
    }
}
