package io.magicproxy.store;

/** The store can't do it now; the message says why, and what to do. */
public class StoreException extends Exception {
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
