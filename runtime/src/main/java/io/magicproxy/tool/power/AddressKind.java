package io.magicproxy.tool.power;

import io.magicproxy.upstream.ForbiddenAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * What kind of address it is, by IANA's registries of special-purpose addresses.
 *
 * @param reach who may call it
 * @param words for messages, such as "a private address"
 */
public record AddressKind(Reach reach, String words) {
    /** Who may call an address. */
    public enum Reach {
        /** Whoever may call its host. */
        PUBLIC,
        /** Who has it, or its block, in the grant. */
        LISTED,
        /** Nobody. */
        NEVER
    }

    private record Special(AddressBlock block, AddressKind kind) {}

    private static final AddressKind PUBLIC = new AddressKind(Reach.PUBLIC, "a public address");
    private static final AddressKind METADATA = never("a link-local or metadata address");
    private static final AddressKind TUNNEL = never("an address that stands for another one");
    private static final AddressKind RESERVED = never("a reserved address");
    private static final int NAT64_BYTES = 12;

    /** The first that contains an address counts. */
    private static final List<Special> SPECIAL =
            List.of(
                    special("127.0.0.0/8", listed("a loopback address")),
                    special("10.0.0.0/8", listed("a private address")),
                    special("172.16.0.0/12", listed("a private address")),
                    special("192.168.0.0/16", listed("a private address")),
                    special("100.64.0.0/10", listed("an address of a provider's inner network")),
                    special("198.18.0.0/15", listed("an address for benchmarks")),
                    special("0.0.0.0/8", never("an unspecified address")),
                    special("192.0.0.0/24", RESERVED),
                    special("192.0.2.0/24", RESERVED),
                    special("192.88.99.0/24", TUNNEL),
                    special("198.51.100.0/24", RESERVED),
                    special("203.0.113.0/24", RESERVED),
                    special("224.0.0.0/4", never("a multicast address")),
                    special("240.0.0.0/4", RESERVED),
                    special("::1/128", listed("a loopback address")),
                    special("fc00::/7", listed("a private address")),
                    special("fec0::/10", listed("a private address")),
                    special("64:ff9b:1::/48", listed("an address of a private translator")),
                    special("::/128", never("an unspecified address")),
                    special("ff00::/8", never("a multicast address")),
                    special("2001::/23", TUNNEL),
                    special("2001:db8::/32", RESERVED),
                    special("2002::/16", TUNNEL),
                    special("3fff::/20", RESERVED));

    private static final AddressBlock NAT64 = AddressBlock.of("64:ff9b::/96");
    private static final AddressBlock GLOBAL = AddressBlock.of("2000::/3");

    public static AddressKind of(InetAddress address) {
        if (ForbiddenAddresses.contains(address)) {
            return METADATA;
        }
        for (Special special : SPECIAL) {
            if (special.block.contains(address)) {
                return special.kind;
            }
        }
        if (NAT64.contains(address)) {
            // In a network without IPv4 every public IPv4 address looks so.
            return of(translated(address)).reach == Reach.PUBLIC ? PUBLIC : TUNNEL;
        }
        return address instanceof Inet6Address && !GLOBAL.contains(address) ? RESERVED : PUBLIC;
    }

    private static InetAddress translated(InetAddress nat64) {
        byte[] all = nat64.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(all, NAT64_BYTES, all.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static Special special(String block, AddressKind kind) {
        return new Special(AddressBlock.of(block), kind);
    }

    private static AddressKind listed(String words) {
        return new AddressKind(Reach.LISTED, words);
    }

    private static AddressKind never(String words) {
        return new AddressKind(Reach.NEVER, words);
    }
}
