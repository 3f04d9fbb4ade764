package io.magicproxy.pattern;

/**
 * What identifies a call in its run, through every replay: the branches that lead to it, then its
 * number in the last one, such as {@code 2/0/1}.
 */
public record CallPath(String text) {
    public CallPath child(int number) {
        return new CallPath(text + "/" + number);
    }

    /** Whether this call was made by that one. */
    public boolean within(CallPath outer) {
        return text.startsWith(outer.text + "/");
    }

    @Override
    public String toString() {
        return text;
    }
}
