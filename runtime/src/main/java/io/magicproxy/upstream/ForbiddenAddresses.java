package io.magicproxy.upstream;

import java.net.InetAddress;
import java.util.Set;

/** Addresses at which clouds give a machine's own credentials to whoever asks from inside it. */
final class ForbiddenAddresses {
    /** Metadata services outside the link-local ranges: Amazon's over IPv6, Alibaba's. */
    private static final Set<InetAddress> METADATA =
            Set.of(
                    InetAddress.ofLiteral("fd00:ec2::254"),
                    InetAddress.ofLiteral("100.100.100.200"));

    private ForbiddenAddresses() {}

    /** True for 169.254.0.0/16, fe80::/10 and the known metadata services. */
    static boolean contains(InetAddress address) {
        return address.isLinkLocalAddress() || METADATA.contains(address);
    }
}
