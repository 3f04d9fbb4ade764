package io.magicproxy.tool.net;

import io.magicproxy.tool.power.AddressKind;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.AddressBook;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** The addresses of one host, if a tool may call every one of them. */
record GrantedAddresses(AddressBook resolver, NetworkGrant grant, HttpAddress target)
        implements AddressBook {
    @Override
    public List<InetAddress> find(String host) throws IOException {
        List<InetAddress> addresses = List.copyOf(resolver.find(host));
        for (InetAddress address : addresses) {
            check(address);
        }
        return addresses;
    }

    private void check(InetAddress address) throws ForbiddenAddressException {
        AddressKind kind = AddressKind.of(address);
        switch (kind.reach()) {
            case PUBLIC -> {
                // The host's name was checked.
            }
            case NEVER ->
                    throw new ForbiddenAddressException(
                            leads(address) + kind.words() + "; tools never call such an address");
            case LISTED -> {
                if (!grant.lists(target.host(), address, target.port())) {
                    throw new ForbiddenAddressException(
                            leads(address)
                                    + kind.words()
                                    + ", which "
                                    + grant.tool()
                                    + " may call only if its grant lists that address; "
                                    + grant.remedy(entries(address)));
                }
            }
        }
    }

    private List<String> entries(InetAddress address) {
        String listed = address.getHostAddress();
        return target.host().address().isPresent()
                ? List.of(target.hostAndPort())
                : List.of(target.hostAndPort(), listed);
    }

    private String leads(InetAddress address) {
        return target.host().address().isPresent()
                ? target.host() + " is "
                : target.host() + " leads to " + address.getHostAddress() + ", ";
    }
}
