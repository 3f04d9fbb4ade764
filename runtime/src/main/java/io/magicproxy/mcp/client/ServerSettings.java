package io.magicproxy.mcp.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A remote server as it is dealt with. Equal settings are one and the same server: it is not
 * disturbed when others change.
 *
 * @param allow its tools that may be used; absent: all
 * @param missing what the configuration names and isn't there: it can't be connected
 */
public record ServerSettings(
        String name,
        Endpoint endpoint,
        Kind kind,
        Optional<List<String>> allow,
        Limits limits,
        Optional<String> missing) {

    /** How it is reached. */
    public sealed interface Endpoint {
        /**
         * By Streamable HTTP.
         *
         * @param headers of each request; secret
         */
        record Http(URI uri, Map<String, String> headers) implements Endpoint {
            /** Without what may be secret. */
            @Override
            public String toString() {
                return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
            }
        }

        /**
         * As a child process.
         *
         * @param environment besides PATH and the like; secret
         * @param referenced names of it whose values came from elsewhere than the file
         */
        record Program(
                List<String> command,
                Map<String, String> environment,
                Set<String> referenced,
                Path folder)
                implements Endpoint {
            /** Without what may be secret: arguments may be, too. */
            @Override
            public String toString() {
                return command.getFirst();
            }
        }
    }

    /** What its word is worth. */
    public enum Kind {
        /** Somebody else's: its tools bear its name. */
        FOREIGN,
        /**
         * This product's own tool server: its tools keep their names, what it says of their conduct
         * is believed, and they may ask agents.
         */
        OWN
    }

    /**
     * What holds for it.
     *
     * @param connect for connecting, and for each sign of life
     * @param call for a call, unless the tool has a time-out of its own
     * @param patience for which a call waits for a server that has just gone away
     */
    public record Limits(
            Duration connect,
            Duration call,
            Duration patience,
            Duration pingEvery,
            int concurrency,
            int maxTools) {}

    /** A tool's name for those who call it, before it is cleaned. */
    String offered(String tool) {
        return kind == Kind.OWN ? tool : name + "__" + tool;
    }

    @Override
    public String toString() {
        return name + " (" + endpoint + ")";
    }
}
