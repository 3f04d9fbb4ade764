package io.magicproxy.tool.power;

import java.net.InetAddress;
import java.util.OptionalInt;

/**
 * One line of a {@code network} list.
 *
 * @param port the only one, if there is one
 */
public record NetworkEntry(Where where, OptionalInt port) {
    private static final int MAX_PORT = 65_535;

    /** Which hosts. */
    sealed interface Where {
        /** Every public host. */
        record Anywhere() implements Where {}

        /** Every host below a name, at any depth; not the name itself. */
        record Below(String domain) implements Where {}

        record Named(HostName host) implements Where {}

        record At(AddressBlock block) implements Where {}
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException for what is none; the message says what one looks like
     */
    public static NetworkEntry of(String text) {
        try {
            return parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no host of a network list: " + e.getMessage(), e);
        }
    }

    private static NetworkEntry parse(String text) {
        if (text.contains("://")) {
            throw new IllegalArgumentException("write the host alone, without https://");
        }
        if (text.contains("/")) {
            return new NetworkEntry(new Where.At(AddressBlock.of(text)), OptionalInt.empty());
        }
        boolean bareIpv6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
        if (bareIpv6) {
            return new NetworkEntry(where("[" + text + "]"), OptionalInt.empty());
        }
        int colon = text.indexOf(':', text.indexOf(']') + 1);
        return colon < 0
                ? new NetworkEntry(where(text), OptionalInt.empty())
                : new NetworkEntry(where(text.substring(0, colon)), port(text, colon + 1));
    }

    private static OptionalInt port(String text, int from) {
        String digits = text.substring(from);
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("its port must be a number from 1 to " + MAX_PORT);
        }
        return OptionalInt.of(port);
    }

    private static Where where(String host) {
        if (host.equals("*")) {
            return new Where.Anywhere();
        }
        if (host.startsWith("*.")) {
            HostName domain = HostName.of(host.substring(2));
            if (domain.address().isPresent()) {
                throw new IllegalArgumentException("below an address there is nothing");
            }
            return new Where.Below(domain.text());
        }
        HostName name = HostName.of(host);
        return name.address()
                .<Where>map(address -> new Where.At(AddressBlock.of(address)))
                .orElseGet(() -> new Where.Named(name));
    }

    /** Whether it names this host; that its address may be called is another matter. */
    boolean names(HostName host, int atPort) {
        return fits(atPort)
                && switch (where) {
                    case Where.Anywhere _ -> true;
                    case Where.Below(String domain) -> below(host, domain);
                    case Where.Named(HostName name) -> name.equals(host);
                    case Where.At(AddressBlock block) ->
                            host.address().map(block::contains).orElse(false);
                };
    }

    /** Whether it lists an address that only those may call who have it listed. */
    boolean lists(HostName host, InetAddress address, int atPort) {
        return fits(atPort)
                && switch (where) {
                    case Where.Anywhere _, Where.Below _ -> false;
                    case Where.Named(HostName name) ->
                            name.equals(host) && name.isLocalhost() && address.isLoopbackAddress();
                    case Where.At(AddressBlock block) -> block.contains(address);
                };
    }

    /** Whether there may be a host that both name: then one is the other, or a part of it. */
    boolean meets(NetworkEntry other) {
        boolean ports = port.isEmpty() || other.port.isEmpty() || port.equals(other.port);
        return ports && (meets(where, other.where) || meets(other.where, where));
    }

    private static boolean meets(Where one, Where other) {
        return switch (one) {
            case Where.Anywhere _ ->
                    switch (other) {
                        case Where.Anywhere _, Where.Below _ -> true;
                        case Where.Named(HostName name) -> !name.isLocalhost();
                        case Where.At(AddressBlock block) ->
                                AddressKind.of(block.base()).reach() == AddressKind.Reach.PUBLIC;
                    };
            case Where.Below(String domain) ->
                    switch (other) {
                        case Where.Below(String lower) ->
                                lower.equals(domain) || lower.endsWith("." + domain);
                        case Where.Named(HostName name) -> below(name, domain);
                        case Where.Anywhere _, Where.At _ -> false;
                    };
            case Where.Named _ -> one.equals(other);
            case Where.At(AddressBlock block) ->
                    other instanceof Where.At(AddressBlock another) && block.meets(another);
        };
    }

    private boolean fits(int atPort) {
        return port.isEmpty() || port.getAsInt() == atPort;
    }

    private static boolean below(HostName host, String domain) {
        return host.text().endsWith("." + domain);
    }
}
