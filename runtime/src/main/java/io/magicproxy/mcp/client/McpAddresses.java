package io.magicproxy.mcp.client;

import io.magicproxy.upstream.AddressBook;
import io.magicproxy.upstream.ForbiddenAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Where MCP servers are looked up; connections go to what was checked. */
final class McpAddresses {
    /** One for all: targets share connections if they share their book. */
    static final AddressBook BOOK = McpAddresses::find;

    private McpAddresses() {}

    private static List<InetAddress> find(String host) throws IOException {
        List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
        if (addresses.stream().anyMatch(ForbiddenAddresses::contains)) {
            throw new AddressBook.ForbiddenAddressException(
                    host
                            + " leads to a link-local or metadata address, which is never called; correct url");
        }
        return addresses;
    }
}
