package io.magicproxy.quota;

/** A field of a key or a team can't be so. */
public final class BadTermsException extends Exception {
    private final String field;

    /**
     * @param message goes on after the field's name
     */
    BadTermsException(String field, String message) {
        super(message);
        this.field = field;
    }

    public String field() {
        return field;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
