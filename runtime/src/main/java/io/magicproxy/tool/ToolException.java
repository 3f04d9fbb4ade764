package io.magicproxy.tool;

/** A tool gave no result; the message is for the model that asked. */
public final class ToolException extends Exception {
    private final String code;

    public ToolException(String code, String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
