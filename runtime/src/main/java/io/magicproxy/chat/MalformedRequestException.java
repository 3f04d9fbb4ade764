package io.magicproxy.chat;

import java.util.Objects;
import java.util.Optional;

/** The caller's body cannot be understood: its fault, answered with 400 and the place. */
public final class MalformedRequestException extends Exception {
    private final Optional<String> param;

    public MalformedRequestException(String message) {
        super(message);
        this.param = Optional.empty();
    }

    public MalformedRequestException(String param, String message) {
        super(param + " " + message);
        this.param = Optional.of(param);
    }

    /** The field at fault in the form OpenAI uses, such as {@code messages[2].role}. */
    public Optional<String> param() {
        return param;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
