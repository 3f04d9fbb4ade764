package io.magicproxy.tool.power;

import java.net.InetAddress;

/**
 * All addresses that begin with the same bits.
 *
 * @param bits how many
 */
record AddressBlock(InetAddress base, int bits) {
    static AddressBlock of(InetAddress single) {
        return new AddressBlock(single, single.getAddress().length * Byte.SIZE);
    }

    /**
     * Such as {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException for what is no block
     */
    static AddressBlock of(String text) {
        int slash = text.indexOf('/');
        try {
            String before = text.substring(0, slash);
            String written = before.contains(":") ? "[" + before + "]" : before;
            InetAddress base =
                    HostName.of(written)
                            .address()
                            .orElseThrow(() -> new IllegalArgumentException("no address"));
            int bits = Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= base.getAddress().length * Byte.SIZE) {
                return new AddressBlock(base, bits);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "a block of addresses is written like 10.0.0.0/8 or fd00::/8");
    }

    boolean contains(InetAddress address) {
        byte[] mine = base.getAddress();
        byte[] other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % Byte.SIZE);
            if (((mine[i / Byte.SIZE] ^ other[i / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of the two lies in the other. */
    boolean meets(AddressBlock other) {
        return bits <= other.bits ? contains(other.base) : other.contains(base);
    }
}
