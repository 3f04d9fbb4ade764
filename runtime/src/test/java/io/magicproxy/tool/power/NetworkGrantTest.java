package io.magicproxy.tool.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkGrantTest {
    @ParameterizedTest
    @CsvSource({
        "api.example.com,   api.example.com,     443, true",
        "API.Example.com,   api.example.com,     443, true",
        "api.example.com,   x.api.example.com,   443, false",
        "api.example.com,   example.com,         443, false",
        "api.example.com,   api.example.com.evil.net, 443, false",
        "*.example.com,     api.example.com,     443, true",
        "*.example.com,     a.b.example.com,     443, true",
        "*.example.com,     example.com,         443, false",
        "*.example.com,     evilexample.com,     443, false",
        "*,                 anything.example,    443, true",
        "a.example:8443,    a.example,           8443, true",
        "a.example:8443,    a.example,           443, false",
        "*:443,             a.example,           443, true",
        "*:443,             a.example,           22, false",
        "127.0.0.1,         127.0.0.1,           80, true",
        "127.0.0.1,         127.0.0.2,           80, false",
        "127.0.0.1,         localhost,           80, false",
        "10.0.0.0/8,        10.1.2.3,            80, true",
        "10.0.0.0/8,        11.1.2.3,            80, false",
        "'::1',             '[::1]',             80, true",
        "'[::1]:8080',      '[::1]',             8080, true",
        "'[::1]:8080',      '[::1]',             80, false",
        "fd00::/8,          '[fd12::1]',         80, true",
        "fd00::/8,          '[fe00::1]',         80, false",
    })
    void entries_name_hosts(String entry, String host, int port, boolean named) {
        assertThat(grant(entry).names(HostName.of(host), port)).isEqualTo(named);
    }

    @ParameterizedTest
    @CsvSource({
        "*,                 wiki.example, 10.1.2.3,  80, false",
        "*.example,         wiki.example, 10.1.2.3,  80, false",
        "wiki.example,      wiki.example, 10.1.2.3,  80, false",
        "wiki.example,      wiki.example, 127.0.0.1, 80, false",
        "10.1.2.3,          wiki.example, 10.1.2.3,  80, true",
        "10.1.2.3:8080,     wiki.example, 10.1.2.3,  80, false",
        "10.0.0.0/8,        wiki.example, 10.1.2.3,  80, true",
        "localhost,         localhost,    127.0.0.1, 80, true",
        "localhost:80,      localhost,    '::1',     80, true",
        "localhost:80,      localhost,    '::1',     81, false",
        "localhost,         localhost,    10.1.2.3,  80, false",
        "localhost,         wiki.example, 127.0.0.1, 80, false",
    })
    void a_private_address_must_be_listed_itself(
            String entry, String host, String address, int port, boolean listed) throws Exception {
        assertThat(grant(entry).lists(HostName.of(host), InetAddress.ofLiteral(address), port))
                .isEqualTo(listed);
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com, without https://",
        "api.example.com/path,    10.0.0.0/8",
        "10.0.0.0/33,             10.0.0.0/8",
        "10.0.0/8,                10.0.0.0/8",
        "api.*.com,               letters",
        "*.10.0.0.1,              nothing",
        "a.example:0,             from 1 to 65535",
        "a.example:http,          from 1 to 65535",
        "0x7f000001,              four decimal numbers",
        "2130706433,              four decimal numbers",
        "user@a.example,          letters",
    })
    void what_is_no_host_is_told_what_one_looks_like(String entry, String problem) {
        assertThatThrownBy(() -> NetworkEntry.of(entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(entry)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com,  api.example.com,     true",
        "api.example.com,  *.example.com,       true",
        "api.example.com,  *,                   true",
        "*,                api.example.com,     true",
        "*.example.com,    api.example.com:443, true",
        "api.example.com,  api.example.org,     false",
        "*.example.com,    *.example.org,       false",
        "10.1.2.3,         10.0.0.0/8,          true",
        "10.1.2.3,         *,                   false",
        "localhost:8188,   *,                   false",
        "localhost:8188,   localhost,           true",
        "localhost:8188,   localhost:9,         false",
        "8.8.8.8,          *,                   true",
    })
    void a_request_is_granted_if_something_of_it_is(String asked, String has, boolean granted) {
        var requests = new PowerRequests(List.of(asked), List.of(), false);

        assertThat(requests.ungranted("probe", config(has)).isEmpty()).isEqualTo(granted);
    }

    @Test
    void what_lacks_is_shown_as_the_lines_to_write() {
        var requests =
                new PowerRequests(
                        List.of("*", "b.example:8443"), List.of("docs", "prices.csv"), true);

        assertThat(
                        requests.ungranted(
                                "probe",
                                new GrantConfig(List.of("a.example:1"), List.of("./docs/"), false)))
                .contains(
                        """
                        probe asks for network b.example:8443 and files prices.csv and agents, which it isn't granted; \
                        to allow it, let proxy_config.yaml say:

                        sandbox_settings:
                          grants:
                            probe:
                              network: [a.example:1, b.example:8443]
                              files: ["./docs/", prices.csv]
                              agents: true\
                        """);
        assertThat(requests.ungranted("my probe", GrantConfig.nothing()).orElseThrow())
                .contains("    \"my probe\":", "network: [\"*\", b.example:8443]");
    }

    private static GrantConfig config(String entry) {
        return new GrantConfig(List.of(entry), List.of(), false);
    }

    private static NetworkGrant grant(String entry) {
        return new NetworkGrant("probe", config(entry));
    }
}
