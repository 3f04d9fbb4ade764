package io.magicproxy.tool.files;

/** A file that isn't given; the message can be shown to the model. */
public final class FileRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;

    FileRefusedException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** {@code not_allowed}, {@code not_found} or {@code file_error}. */
    public String code() {
        return code;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
