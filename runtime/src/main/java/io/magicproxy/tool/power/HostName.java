package io.magicproxy.tool.power;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host as it may be written: a name, an IPv4 address as four decimal numbers, or an IPv6 address
 * in brackets. Every other way of writing one exists to be read differently by two readers.
 *
 * @param text in small letters, IPv6 with its brackets
 * @param address if it is one
 */
public record HostName(String text, Optional<InetAddress> address) {
    private static final int MAX_LENGTH = 253;
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[([0-9a-f:.]{2,45})]");
    private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

    /** As resolvers read numbers, in any of their bases. */
    private static final Pattern NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException for what is no host; the message says what is wrong with it
     */
    public static HostName of(String written) {
        String text = lower(written);
        if (IPV4.matcher(text).matches()) {
            return new HostName(text, Optional.of(InetAddress.ofLiteral(text)));
        }
        if (text.startsWith("[")) {
            return new HostName(text, Optional.of(ipv6(text)));
        }
        if (NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an address must be written as four decimal numbers, such as 192.0.2.1");
        }
        if (text.endsWith(".")) {
            throw new IllegalArgumentException("a host's name must not end with a dot");
        }
        if (!NAME.matcher(text).matches() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a host's name has letters, digits, hyphens and dots; write others in their xn-- form");
        }
        return new HostName(text, Optional.empty());
    }

    private static InetAddress ipv6(String text) {
        var inner = IPV6.matcher(text);
        if (inner.matches()) {
            try {
                InetAddress address = InetAddress.ofLiteral(inner.group(1));
                if (address instanceof Inet6Address) {
                    return address;
                }
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        throw new IllegalArgumentException(
                "an IPv6 address stands in brackets, without a zone, and is none of IPv4");
    }

    /** By hand: other alphabets' letters must not become ASCII ones. */
    private static String lower(String text) {
        StringBuilder small = new StringBuilder(text);
        for (int i = 0; i < small.length(); i++) {
            char c = small.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                small.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return small.toString();
    }

    /** A name that stands for this machine wherever it is asked for. */
    public boolean isLocalhost() {
        return text.equals("localhost") || text.endsWith(".localhost");
    }

    @Override
    public String toString() {
        return text;
    }
}
