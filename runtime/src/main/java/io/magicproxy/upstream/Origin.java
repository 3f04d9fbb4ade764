package io.magicproxy.upstream;

/**
 * Where connections go: they are shared between all targets of one origin.
 *
 * @param addresses a part of it: who may not call an address gets no connection to it that somebody
 *     else has opened
 */
record Origin(boolean tls, String host, int port, AddressBook addresses) {
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
