package io.magicproxy.tool.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names are the test's own; the servers that they lead to are real ones on the loopback. */
@Timeout(60)
class HostFetchTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int LIMIT = 1 << 20;

    private final ScriptedUpstream server = ScriptedUpstream.start();
    private final UpstreamClient client =
            UpstreamClient.create(UpstreamConfig.defaults().idleConnections(0));
    private final Map<String, Deque<List<InetAddress>>> names = new HashMap<>();
    private final List<String> lookups = new ArrayList<>();
    private final HostFetch fetch = new HostFetch(client, this::find);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void a_granted_host_is_fetched_under_its_name() throws Exception {
        name("api.example", "127.0.0.1");
        server.enqueue(Reply.json(201, "{\"a\":1}", "X-Of", "one", "X-Of", "two"));

        Fetched fetched =
                get(
                        "http://api.example:" + server.port() + "/a%2Fb//c?q=%20x&y=[1]",
                        "api.example",
                        "127.0.0.1");

        assertThat(fetched.status()).isEqualTo(201);
        assertThat(fetched.text()).isEqualTo("{\"a\":1}");
        assertThat(fetched.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("x-of", "one, two");
        var request = server.requests().getFirst();
        assertThat(request.path()).isEqualTo("/a%2Fb//c?q=%20x&y=%5B1%5D");
        assertThat(request.header("host")).contains("api.example:" + server.port());
        assertThat(request.header("cookie")).isEmpty();
    }

    @Test
    void a_body_and_headers_are_sent_with_any_method() throws Exception {
        for (String method : List.of("POST", "put", "PATCH", "DELETE")) {
            server.enqueue(Reply.json(200, "{}"));
            fetch(
                    request(
                            server.url(),
                            method,
                            Map.of("X-Key", "k", "User-Agent", "mine"),
                            "body"),
                    "localhost");
            var got = server.requests().getLast();
            assertThat(got.method()).isEqualToIgnoringCase(method);
            assertThat(got.text()).isEqualTo("body");
            assertThat(got.header("x-key")).contains("k");
            assertThat(got.header("user-agent")).contains("mine");
        }
    }

    @Test
    void a_head_has_no_body_to_wait_for() throws Exception {
        server.enqueue(
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                        .ending(Reply.Ending.KEEP_ALIVE));

        Fetched fetched = fetch(request(server.url(), "HEAD", Map.of(), ""), "localhost");

        assertThat(fetched.text()).isEmpty();
        assertThat(fetched.headers()).containsEntry("content-length", "5000");
    }

    @Test
    void a_host_that_is_not_granted_is_refused_with_the_lines_that_would_grant_it() {
        assertThatThrownBy(() -> get(server.url() + "/secret?token=abc", "api.example"))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_ALLOWED))
                .hasMessageContaining("probe may not call localhost:" + server.port())
                .hasMessageContaining("grants:\n    probe:\n")
                .hasMessageContaining("network: [api.example, localhost:" + server.port() + "]")
                .hasMessageNotContaining("abc");
        assertThat(server.connections()).isZero();
        assertThat(lookups).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT/",
                "http://localhost:PORT/",
                "http://LOCALHOST:PORT/",
                "http://[::1]:PORT/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.100.100.200/latest/meta-data/",
                "http://[fd00:ec2::254]/latest/",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "http://100.64.0.1/",
                "http://0.0.0.0:PORT/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://[::]:PORT/",
                "http://[64:ff9b::127.0.0.1]:PORT/",
                "http://[2002:7f00:1::]/",
                "http://[fe80::1]/",
            })
    void whoever_may_call_every_public_host_reaches_no_private_address(String url)
            throws Exception {
        name("localhost", "127.0.0.1");

        assertRefused(url.replace("PORT", "" + server.port()), "*");
        assertThat(server.connections()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,       a loopback address",
        "10.1.2.3,        a private address",
        "100.64.1.1,      inner network",
        "fd12::1,         a private address",
        "169.254.169.254, link-local or metadata",
        "0.0.0.0,         unspecified",
        "'::ffff:127.0.0.1', a loopback address",
        "64:ff9b::7f00:1, stands for another one",
    })
    void a_name_that_leads_to_a_private_address_is_refused(String address, String words)
            throws Exception {
        name("inner.example", address);

        for (String grant : List.of("*", "*.example", "inner.example")) {
            assertThat(assertRefused("http://inner.example:" + server.port() + "/", grant))
                    .contains("inner.example leads to", words);
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void one_private_address_among_public_ones_is_enough_to_refuse() throws Exception {
        names.put(
                "mixed.example",
                new ArrayDeque<>(
                        List.of(
                                List.of(
                                        InetAddress.ofLiteral("93.184.216.34"),
                                        InetAddress.ofLiteral("127.0.0.1")))));

        assertRefused("http://mixed.example:" + server.port() + "/", "*");
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_private_address_is_called_if_it_or_its_block_is_listed() throws Exception {
        name("inner.example", "127.0.0.1");
        server.always(request -> Reply.json(200, "\"" + request.header("host").orElse("") + "\""));
        String port = ":" + server.port();

        assertThat(get("http://inner.example" + port, "inner.example", "127.0.0.1").text())
                .contains("inner.example");
        assertThat(get("http://inner.example" + port, "*", "127.0.0.0/8").status()).isEqualTo(200);
        assertThat(get("http://127.0.0.1" + port, "127.0.0.1" + port).status()).isEqualTo(200);
        assertThat(get("http://localhost" + port, "localhost").status()).isEqualTo(200);
        assertThat(assertRefused("http://inner.example" + port, "*"))
                .contains("network: [\"*\", inner.example" + port + ", 127.0.0.1]");
        assertRefused("http://127.0.0.1" + port, "127.0.0.1:1");
        // Metadata addresses are called by nobody, listed or not.
        assertThat(assertRefused("http://169.254.169.254/", "169.254.169.254"))
                .contains("tools never call such an address");
    }

    @Test
    void a_name_is_looked_up_once_and_what_it_means_later_changes_nothing() throws Exception {
        names.put(
                "rebind.example",
                new ArrayDeque<>(
                        List.of(
                                List.of(InetAddress.ofLiteral("127.0.0.1")),
                                List.of(InetAddress.ofLiteral("127.0.0.2")))));
        server.always(request -> Reply.json(200, "{}"));
        String url = "http://rebind.example:" + server.port() + "/";

        assertThat(get(url, "*", "127.0.0.1").status()).isEqualTo(200);
        assertThat(lookups).containsExactly("rebind.example");

        assertRefused(url, "*", "127.0.0.1");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_connection_is_never_used_again() throws Exception {
        server.always(request -> Reply.json(200, "{}"));
        var _ = get(server.url(), "localhost");
        var _ = get(server.url(), "localhost");

        assertThat(server.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/iam/",
                "http://10.0.0.1/",
                "http://[::1]:1/",
                "http://inner.example/",
                "//inner.example/",
                "http://2130706433/",
                "http://localhost./",
                "file:///etc/passwd",
            })
    void a_redirect_to_what_may_not_be_called_is_not_followed(String location) throws Exception {
        name("start.example", "127.0.0.1");
        name("inner.example", "10.9.8.7");
        server.enqueue(Reply.json(302, "{}", "Location", location));

        assertThatThrownBy(
                        () -> get("http://start.example:" + server.port() + "/", "*", "127.0.0.1"))
                .isInstanceOfSatisfying(
                        FetchException.class,
                        e -> assertThat(e.kind()).isIn(Kind.NOT_ALLOWED, Kind.BAD_REQUEST));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_redirect_leaves_a_narrow_grant_no_more_than_a_call_does() {
        server.enqueue(Reply.json(302, "{}", "Location", "https://other.example/"));

        assertThat(assertRefused(server.url(), "localhost"))
                .contains("redirects to https://other.example: probe may not call other.example");
        assertThat(lookups).doesNotContain("other.example");
    }

    @Test
    void redirects_are_followed_five_times_and_not_more() throws Exception {
        server.enqueue(
                redirect("/1"), redirect("2"), redirect("?3"), redirect("/4"), redirect("/5"));
        server.enqueue(Reply.json(200, "{}"));
        Fetched fetched = get(server.url() + "/start", "localhost");
        assertThat(fetched.url()).isEqualTo(server.url() + "/5");

        server.always(request -> redirect("/again"));
        assertThatThrownBy(() -> get(server.url(), "localhost"))
                .hasMessageContaining("redirects more than 5 times");
        assertThat(server.requests()).hasSize(12);
    }

    @Test
    void what_may_be_secret_is_not_carried_to_another_host() throws Exception {
        name("other.example", "127.0.0.1");
        String other = "http://other.example:" + server.port() + "/";
        server.enqueue(redirect(other), Reply.json(200, "{}"));
        var headers =
                Map.of(
                        "Authorization", "Bearer k",
                        "X-Api-Key", "k",
                        "Cookie", "a=b",
                        "Accept", "text/plain");

        fetch(request(server.url(), "GET", headers, ""), "localhost", "other.example", "127.0.0.1");

        assertThat(server.requests().getFirst().headers())
                .containsKeys("authorization", "x-api-key", "cookie", "accept");
        assertThat(server.requests().getLast().headers())
                .containsEntry("accept", "text/plain")
                .doesNotContainKeys("authorization", "x-api-key", "cookie");
    }

    @Test
    void headers_stay_on_the_same_host_and_a_posts_body_becomes_a_get() throws Exception {
        server.enqueue(redirect("/next"), Reply.json(200, "{}"));
        fetch(
                request(
                        server.url(),
                        "POST",
                        Map.of("Authorization", "k", "Content-Type", "text/plain"),
                        "body"),
                "localhost");

        var last = server.requests().getLast();
        assertThat(last.method()).isEqualTo("GET");
        assertThat(last.text()).isEmpty();
        assertThat(last.headers())
                .containsEntry("authorization", "k")
                .doesNotContainKey("content-type");
    }

    @Test
    void a_body_is_sent_again_to_the_same_host_and_to_no_other() throws Exception {
        name("other.example", "127.0.0.1");
        String other = "http://other.example:" + server.port() + "/";
        server.enqueue(Reply.json(307, "{}", "Location", "/next"), Reply.json(200, "{}"));
        fetch(request(server.url(), "POST", Map.of(), "body"), "localhost");
        assertThat(server.requests().getLast().text()).isEqualTo("body");

        server.enqueue(Reply.json(308, "{}", "Location", other));
        assertThatThrownBy(() ->
                        fetch(
                                request(server.url(), "POST", Map.of(), "body"),
                                "*",
                                "localhost",
                                "127.0.0.1"))
                .hasMessageContaining("body isn't sent");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-length",
                "Transfer-Encoding",
                "Connection",
                "Proxy-Authorization",
                "Expect",
                "Accept-Encoding"
            })
    void headers_of_the_connection_are_not_the_tools_to_set(String name) {
        assertThatThrownBy(() -> request(server.url(), "GET", Map.of(name, "x"), ""))
                .hasMessageContaining("not the tool's to set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Smuggled: 1", "a\nb", "a\u0000b"})
    void a_header_cannot_smuggle_another_one(String value) {
        assertThatThrownBy(() -> request(server.url(), "GET", Map.of("X-A", value), ""))
                .hasMessageContaining("no header may have");
        assertThatThrownBy(() -> request(server.url(), "GET", Map.of(value, "x"), ""))
                .hasMessageContaining("no header may have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "TRACE", "GET /x HTTP/1.1\r\nX: ", ""})
    void unusual_methods_are_refused(String method) {
        assertThatThrownBy(() -> request(server.url(), method, Map.of(), ""))
                .hasMessageContaining("DELETE, GET, HEAD");
    }

    @Test
    void a_large_answer_is_cut_off_as_an_error() {
        byte[] large = new byte[LIMIT + 1];
        server.enqueue(
                Reply.body(200, "text/plain", large),
                Reply.chunked(new String(new byte[LIMIT / 2], UTF_8), "x".repeat(LIMIT)),
                Reply.gzip(200, "0".repeat(64 << 20)));
        for (int i = 0; i < 3; i++) {
            assertFails(Kind.TOO_LARGE, "max_bytes", () -> get(server.url(), "localhost"));
        }
    }

    @Test
    void an_answer_without_end_is_cut_off_and_its_connection_closed() {
        server.always(request ->
                Reply.raw("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(64 << 10))
                        .every(Duration.ofMillis(1))
                        .ending(Reply.Ending.REPEAT));
        assertFails(Kind.TOO_LARGE, "max_bytes", () -> get(server.url(), "localhost"));
        server.awaitClosed(LONG);
    }

    @Test
    void what_trickles_is_given_up_when_its_time_is_up() throws Exception {
        Duration shortTime = Duration.ofMillis(700);
        server.enqueue(
                Reply.hang(),
                Reply.trickle(Duration.ofMillis(20)),
                Reply.trickleHeaders(Duration.ofMillis(20)));
        for (int i = 0; i < 3; i++) {
            var request = request(server.url(), "GET", Map.of(), "", shortTime);
            assertFails(Kind.TIMEOUT, "700 ms", () -> fetch(request, "localhost"));
            server.awaitClosed(LONG);
        }
    }

    @Test
    void redirects_share_one_time_limit() throws Exception {
        server.always(request -> redirect("/again").after(Duration.ofMillis(400)));
        var request = request(server.url(), "GET", Map.of(), "", Duration.ofMillis(900));

        assertFails(Kind.TIMEOUT, "900 ms", () -> fetch(request, "localhost"));
    }

    @Test
    void a_fetch_is_given_up_with_its_call() throws Exception {
        var cancellation = new Cancellation();
        server.enqueue(Reply.hang());
        var request = request(server.url(), "GET", Map.of(), "", LONG);
        Thread canceller =
                Thread.ofVirtual()
                        .start(() -> {
                            server.awaitRequest(LONG);
                            cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
                        });

        assertFails(
                Kind.CANCELLED,
                "given up",
                () -> fetch.fetch(request, grant("localhost"), cancellation));
        canceller.join();
        server.awaitClosed(LONG);
    }

    @Test
    void what_is_not_there_or_no_http_is_told_by_its_host() throws Exception {
        name("gone.example", "127.0.0.1");
        server.enqueue(Reply.raw("SSH-2.0-OpenSSH\r\n"), Reply.reset(), Reply.garbage());
        assertFails(
                Kind.FAILED,
                "http://nowhere.example can't be reached: its name doesn't resolve",
                () -> get("http://nowhere.example/", "*"));
        assertFails(
                Kind.FAILED,
                "http://gone.example:1 can't be reached: it accepts no connection",
                () -> get("http://gone.example:1/", "*", "127.0.0.1"));
        for (int i = 0; i < 3; i++) {
            assertFails(Kind.FAILED, "http://localhost:", () -> get(server.url(), "localhost"));
        }
    }

    @Test
    void text_is_read_in_the_letters_it_is_written_in() throws Exception {
        byte[] cyrillic =
                "<meta charset='windows-1251'>Привет".getBytes(Charset.forName("windows-1251"));
        server.enqueue(
                Reply.body(200, "text/plain; charset=iso-8859-1", "é".getBytes(ISO_8859_1)),
                Reply.body(200, "text/html", cyrillic),
                Reply.body(200, "application/json", "é".getBytes(UTF_8)),
                Reply.body(200, "text/plain; charset=no-such", "é".getBytes(UTF_8)),
                Reply.body(200, "text/plain", "\uFEFFé".getBytes(UTF_8)));

        assertThat(get(server.url(), "localhost").text()).isEqualTo("é");
        assertThat(get(server.url(), "localhost").text()).endsWith("Привет");
        for (int i = 0; i < 3; i++) {
            assertThat(get(server.url(), "localhost").text()).isEqualTo("é");
        }
    }

    private List<InetAddress> find(String host) throws UnknownHostException {
        lookups.add(host);
        if (host.equals("localhost") || host.startsWith("[") || !host.matches(".*[a-z]")) {
            return List.of(InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host));
        }
        Deque<List<InetAddress>> answers = names.getOrDefault(host, new ArrayDeque<>());
        if (answers.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return answers.size() > 1 ? answers.remove() : answers.element();
    }

    private void name(String host, String address) {
        names.put(host, new ArrayDeque<>(List.of(List.of(InetAddress.ofLiteral(address)))));
    }

    private static Reply redirect(String location) {
        return Reply.json(302, "{}", "Location", location);
    }

    private static NetworkGrant grant(String... entries) {
        return new NetworkGrant("probe", new GrantConfig(Arrays.asList(entries), List.of(), false));
    }

    private Fetched get(String url, String... grants) throws FetchException {
        return fetch(request(url, "GET", Map.of(), ""), grants);
    }

    private Fetched fetch(FetchRequest request, String... grants) throws FetchException {
        return fetch.fetch(request, grant(grants), new Cancellation());
    }

    private static FetchRequest request(
            String url, String method, Map<String, String> headers, String body)
            throws FetchException {
        return request(url, method, headers, body, LONG);
    }

    private static FetchRequest request(
            String url, String method, Map<String, String> headers, String body, Duration timeout)
            throws FetchException {
        return FetchRequest.of(
                url,
                method,
                headers,
                body.getBytes(UTF_8),
                new FetchRequest.Limits(timeout, LIMIT));
    }

    private interface Fetching {
        Fetched run() throws FetchException;
    }

    private static void assertFails(Kind kind, String message, Fetching fetching) {
        assertThatThrownBy(fetching::run)
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private String assertRefused(String url, String... grants) {
        var refused = new ArrayList<String>();
        assertThatThrownBy(() -> get(url, grants))
                .isInstanceOfSatisfying(
                        FetchException.class,
                        e -> {
                            assertThat(e.kind()).as(e.text()).isEqualTo(Kind.NOT_ALLOWED);
                            refused.add(e.text());
                        });
        return refused.getFirst();
    }
}
