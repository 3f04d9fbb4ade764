package io.magicproxy.server.http;

import java.util.Optional;

/** What is known of the request that this thread handles; grows on its way. */
public final class RequestInfo {
    /** For the handler's thread. */
    public static final ScopedValue<RequestInfo> CURRENT = ScopedValue.newInstance();

    private static final String NO_ALIAS = "-";

    private final String id;
    private final long startNanos = System.nanoTime();
    private String alias = NO_ALIAS;
    private Access.Who caller = new Access.Who.Nobody();
    private String address = "";
    private int failedWith;

    RequestInfo(Optional<String> givenId) {
        this.id = RequestIds.of(givenId);
    }

    public static RequestInfo current() {
        return CURRENT.isBound() ? CURRENT.get() : new RequestInfo(Optional.empty());
    }

    /** As it is answered in {@code x-request-id}. */
    public String id() {
        return id;
    }

    public long nanosSinceStart() {
        return System.nanoTime() - startNanos;
    }

    /**
     * The alias or profile that the configuration knows; what a caller invents is not told here.
     */
    public void alias(String known) {
        alias = known;
    }

    public String alias() {
        return alias;
    }

    void caller(Access.Who who) {
        caller = who;
    }

    /** Who asks. */
    public Access.Who caller() {
        return caller;
    }

    void address(String from) {
        address = from;
    }

    /** Where a request to the admin API comes from; empty for others, which nobody asks for. */
    public String address() {
        return address;
    }

    void failedWith(int status) {
        failedWith = status;
    }

    int failedWith() {
        return failedWith;
    }
}
