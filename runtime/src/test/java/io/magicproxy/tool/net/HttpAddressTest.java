package io.magicproxy.tool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "https://a.example,                    https://a.example/",
        "HTTPS://A.Example/Path,               https://a.example/Path",
        "https://a.example:443/x,              https://a.example/x",
        "http://a.example:8080?q=1#part,       http://a.example:8080/?q=1",
        "https://a.example/a%2Fb?x=%20y&z=%zz, https://a.example/a%2Fb?x=%20y&z=%25zz",
        "'https://a.example/a b|c?q={d}',      https://a.example/a%20b%7Cc?q=%7Bd%7D",
        "https://a.example/ä?q=я,              https://a.example/%C3%A4?q=%D1%8F",
        "https://a.example/web/https://b.example/, https://a.example/web/https://b.example/",
        "'http://[2606:4700::1]:81/x',         'http://[2606:4700::1]:81/x'",
        "http://192.0.2.1/,                    http://192.0.2.1/",
    })
    void an_address_is_put_together_of_checked_parts(String written, String read)
            throws FetchException {
        HttpAddress address = HttpAddress.of(written);

        assertThat(address.text()).isEqualTo(read);
        assertThat(address.uri()).hasToString(read);
        assertThat(address.uri().getHost()).isEqualTo(address.host().text());
    }

    @ParameterizedTest
    @CsvSource({
        "http://2130706433/,              four decimal numbers",
        "http://0x7f000001/,              four decimal numbers",
        "http://0X7F.0.0.1/,              four decimal numbers",
        "http://0177.0.0.1/,              four decimal numbers",
        "http://127.1/,                   four decimal numbers",
        "http://127.0.0.01/,              four decimal numbers",
        "http://127.0.0.256/,             four decimal numbers",
        "http://a.0x1/,                   four decimal numbers",
        "http://127.0.0.1./,              must not end with a dot",
        "http://localhost./,              must not end with a dot",
        "'http://[::ffff:127.0.0.1]/',    none of IPv4",
        "'http://[::ffff:7f00:1]/',       none of IPv4",
        "'http://[fe80::1%25eth0]/',      without a zone",
        "'http://[127.0.0.1]/',           none of IPv4",
        "'http://[::1/',                  needs a host",
        "http://127.0.0.1@a.example/,     no user name",
        "http://a.example@127.0.0.1/,     no user name",
        "http://a.example:80@b.example/,  no user name",
        "'http://a.example\\@b.example/', must be like https://",
        "http://%31%32%37.0.0.1/,         four decimal numbers",
        "http://１２７.0.0.1/,             four decimal numbers",
        "http://ⓛocalhost/,               xn-- form",
        "http://bücher.example/,          xn-- form",
        "http://a。example/,               xn-- form",
        "http://a_b/c/,                   ''",
        "http:///path,                    needs a host",
        "http://:80/,                     needs a host",
        "http://a.example:0/,             from 1 to 65535",
        "http://a.example:99999/,         from 1 to 65535",
        "http://a.example:8a/,            needs a host",
        "ftp://a.example/,                must be like https://",
        "file:///etc/passwd,              must be like https://",
        "gopher://a.example/,             must be like https://",
        "'data:text/plain,x',             must be like https://",
        "//a.example/,                    must be like https://",
        "a.example/path,                  must be like https://",
        "'',                              must be like https://",
    })
    void what_two_readers_may_read_differently_is_refused(String written, String problem)
            throws FetchException {
        if (problem.isEmpty()) {
            assertThat(HttpAddress.of(written).host().text()).isEqualTo("a_b");
            return;
        }
        assertThatThrownBy(() -> HttpAddress.of(written))
                .isInstanceOf(FetchException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "https://b.example/x,   https://b.example/x",
        "//b.example/x,         https://b.example/x",
        "/x,                    https://a.example:444/x",
        "x,                     https://a.example:444/p/x",
        "../x,                  https://a.example:444/x",
        "../../../x,            https://a.example:444/x",
        "./x/./y/..,            https://a.example:444/p/x/",
        "?q=2,                  https://a.example:444/p/page?q=2",
        "#part,                 https://a.example:444/p/page?q=1",
        "/x#part,               https://a.example:444/x",
        "'/\\b.example/',       https://a.example:444/%5Cb.example/",
    })
    void a_redirect_leads_where_browsers_would_go(String location, String to) throws Exception {
        assertThat(HttpAddress.of("https://a.example:444/p/page?q=1").to(location).text())
                .isEqualTo(to);
    }
}
