package io.magicproxy.upstream;

import java.net.InetAddress;
import java.util.Set;

/** Addresses at which clouds give a machine's own credentials to whoever asks from inside it. */
public final class ForbiddenAddresses {
    /**
     * Metadata services outside the link-local ranges: Amazon's and Google's over IPv6, Alibaba's,
     * Azure's.
     */
    private static final Set<InetAddress> METADATA =
            Set.of(
                    InetAddress.ofLiteral("fd00:ec2::254"),
                    InetAddress.ofLiteral("fd20:ce::254"),
                    InetAddress.ofLiteral("100.100.100.200"),
                    InetAddress.ofLiteral("168.63.129.16"));

    private ForbiddenAddresses() {}

    /** True for 169.254.0.0/16, fe80::/10 and the known metadata services. */
    public static boolean contains(InetAddress address) {
        return address.isLinkLocalAddress() || METADATA.contains(address);
    }
}
