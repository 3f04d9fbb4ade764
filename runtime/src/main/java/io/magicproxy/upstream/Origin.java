package io.magicproxy.upstream;

/** Where connections go: they are shared between all targets of one origin. */
record Origin(boolean tls, String host, int port) {
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
