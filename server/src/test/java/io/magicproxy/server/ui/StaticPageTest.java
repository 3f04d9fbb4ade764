package io.magicproxy.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's files, and nothing else. */
class StaticPageTest {
    private static final String INDEX = "<!doctype html><title>the page</title>";
    private static final String CONFIG =
            "model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]\n";
    private static final String CODE = "console.log('" + "a line of code; ".repeat(100) + "')";

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        write("sandbox-ui/dist/index.html", INDEX);
        write("sandbox-ui/dist/assets/index-B3xk9a1Q.js", CODE);
        gateway = TestGateway.in(folder).config(CONFIG).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void not_a_byte_comes_from_outside_of_its_folder() throws Exception {
        write("sandbox-ui/secret.txt", "not for these eyes");
        write("sandbox-ui/dist/.hidden.txt", "not for these eyes");
        Files.createSymbolicLink(
                folder.resolve("sandbox-ui/dist/link.txt"), folder.resolve("proxy_config.yaml"));
        for (String path :
                new String[] {
                    "/../secret.txt",
                    "/assets/../../secret.txt",
                    "/%2e%2e/secret.txt",
                    "/..%2fsecret.txt",
                    "/%2e%2e%2fsecret.txt",
                    "/..%5csecret.txt",
                    "//../secret.txt",
                    "/./../secret.txt",
                    "/assets/%00/x.txt",
                    "/.hidden.txt",
                    "/link.txt",
                    "//etc/passwd",
                    "/assets//../../../proxy_config.yaml",
                    "/assets/"
                }) {
            String answer = raw("GET " + path + " HTTP/1.1\r\n");
            assertThat(answer).as(path).doesNotContain("not for these eyes", "model_list", "root:");
            assertThat(answer.substring(0, 12)).as(path).isNotEqualTo("HTTP/1.1 500");
        }
    }

    @Test
    void the_files_come_with_a_strict_policy_and_what_is_unchanged_does_not_come_again()
            throws Exception {
        HttpResponse<String> index = gateway.get("/");

        assertThat(index.statusCode()).isEqualTo(200);
        assertThat(index.body()).isEqualTo(INDEX);
        assertThat(header(index, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(index, "cache-control")).isEqualTo("no-cache");
        assertThat(header(index, "content-security-policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http");
        assertThat(header(index, "x-content-type-options")).isEqualTo("nosniff");
        HttpResponse<String> again = gateway.get("/", "If-None-Match", header(index, "etag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();

        HttpResponse<String> code = gateway.get("/assets/index-B3xk9a1Q.js");
        assertThat(code.body()).isEqualTo(CODE);
        assertThat(header(code, "content-type")).startsWith("text/javascript");
        assertThat(header(code, "cache-control")).contains("immutable");

        for (String name : new String[] {"vendor-codemirror.js", "a-markdown.js", "index.js"}) {
            write("sandbox-ui/dist/assets/" + name, CODE);
            assertThat(header(gateway.get("/assets/" + name), "cache-control"))
                    .as(name)
                    .isEqualTo("no-cache");
        }

        write("sandbox-ui/dist/index.html", INDEX + "2");
        HttpResponse<String> newer = gateway.get("/", "If-None-Match", header(index, "etag"));
        assertThat(newer.statusCode()).isEqualTo(200);
        assertThat(newer.body()).isEqualTo(INDEX + "2");
    }

    @Test
    void who_takes_gzip_gets_it() throws Exception {
        HttpResponse<byte[]> zipped =
                gateway.client()
                        .send(
                                HttpRequest.newBuilder(gateway.uri("/assets/index-B3xk9a1Q.js"))
                                        .header("Accept-Encoding", "br, gzip")
                                        .build(),
                                BodyHandlers.ofByteArray());

        assertThat(zipped.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(zipped.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(zipped.body().length).isLessThan(CODE.length() / 2);
        try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(CODE);
        }
        HttpResponse<String> plain = gateway.get("/assets/index-B3xk9a1Q.js");
        assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
        assertThat(header(plain, "etag"))
                .isNotEqualTo(zipped.headers().firstValue("etag").orElse(""));
    }

    @Test
    void a_place_within_the_page_gives_the_page_and_a_missing_file_does_not() throws Exception {
        assertThat(gateway.get("/sessions/abc").body()).isEqualTo(INDEX);
        assertThat(gateway.get("/configuration").body()).isEqualTo(INDEX);
        assertThat(gateway.get("/assets/gone.js").statusCode()).isEqualTo(404);
        for (String api : new String[] {"/v1/nothing", "/admin/nothing", "/v1", "/admin"}) {
            HttpResponse<String> none = gateway.get(api);
            assertThat(none.statusCode()).as(api).isEqualTo(404);
            assertThat(none.body()).contains("\"code\":\"not_found\"");
        }
        assertThat(raw("HEAD / HTTP/1.1\r\n"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-length: " + INDEX.length())
                .doesNotContain("doctype");
        assertThat(gateway.post("/", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void without_a_key_the_page_comes_and_nothing_else() throws Exception {
        write(
                "proxy_config.yaml",
                CONFIG + "security_settings: {master_key: mk-the-master-key-of-the-test}\n");
        gateway.server().gateway().reload();

        assertThat(gateway.get("/").body()).isEqualTo(INDEX);
        assertThat(gateway.get("/sessions").body()).isEqualTo(INDEX);
        assertThat(gateway.get("/assets/index-B3xk9a1Q.js").body()).isEqualTo(CODE);
        assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(gateway.get("/admin").statusCode()).isEqualTo(401);
        assertThat(raw("GET /x/../v1/models HTTP/1.1\r\n")).doesNotContain("\"object\"");
        assertThat(gateway.post("/", "{}").statusCode()).isEqualTo(401);
    }

    @Test
    void a_page_that_is_missing_says_so_and_how_to_make_it() throws Exception {
        Files.delete(folder.resolve("sandbox-ui/dist/index.html"));
        HttpResponse<String> missing = gateway.get("/");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(header(missing, "content-type")).startsWith("text/html");
        assertThat(missing.body()).contains("sandbox-ui/dist", "npm run build");
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** As no browser would send it. */
    private String raw(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream()
                    .write(
                            (line + "Host: localhost\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
