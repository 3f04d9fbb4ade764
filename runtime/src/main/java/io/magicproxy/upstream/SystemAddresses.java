package io.magicproxy.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Where upstreams are looked up: in the system's own resolver. */
final class SystemAddresses {
    /** One for all: targets share connections if they share their book. */
    static final AddressBook BOOK = SystemAddresses::find;

    private SystemAddresses() {}

    private static List<InetAddress> find(String host) throws IOException {
        List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
        if (addresses.stream().anyMatch(ForbiddenAddresses::contains)) {
            throw new AddressBook.ForbiddenAddressException(
                    host
                            + " leads to a link-local or metadata address, which is never called; correct api_base");
        }
        return addresses;
    }
}
