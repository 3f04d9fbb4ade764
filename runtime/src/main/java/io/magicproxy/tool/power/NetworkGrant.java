package io.magicproxy.tool.power;

import java.net.InetAddress;
import java.util.List;

/** The hosts that a tool may call. */
public final class NetworkGrant {
    private final String tool;
    private final GrantConfig grant;
    private final List<NetworkEntry> entries;

    /**
     * Of a configuration that has been checked.
     *
     * @param tool its name, for messages
     */
    public NetworkGrant(String tool, GrantConfig grant) {
        this.tool = tool;
        this.grant = grant;
        this.entries = grant.network().stream().map(NetworkEntry::of).toList();
    }

    public boolean names(HostName host, int port) {
        return entries.stream().anyMatch(entry -> entry.names(host, port));
    }

    /** Whether the address is listed, for addresses that must be. */
    public boolean lists(HostName host, InetAddress address, int port) {
        return entries.stream().anyMatch(entry -> entry.lists(host, address, port));
    }

    boolean meets(NetworkEntry asked) {
        return entries.stream().anyMatch(asked::meets);
    }

    /** What would allow the tool to call these hosts, too. */
    public String remedy(List<String> hosts) {
        return GrantYaml.with(tool, grant, new GrantConfig(hosts, List.of(), false));
    }

    public String tool() {
        return tool;
    }
}
