package io.magicproxy.tool.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.tool.power.GrantConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrantedFilesTest {
    private static final int LIMIT = 1000;

    @TempDir private Path folder;
    private GrantedFiles files = new GrantedFiles(Path.of(""), List::of, 0);

    @BeforeEach
    void folders() throws Exception {
        Path base = folder.resolve("base");
        write("base/docs/guide.md", "the guide");
        write("base/docs/deep/more.md", "more");
        write("base/prices.csv", "1,2");
        write("base/proxy_config.yaml", "master_key: k");
        write("base/keys_pool/keys_pool_openai.env", "sk-1");
        write("base/env/search.txt", "KEY=k");
        write("base/data/gateway.db", "rows");
        write("base/docs/.env", "KEY=k");
        write("outside/secret.txt", "outside");
        files =
                new GrantedFiles(
                        base,
                        () ->
                                List.of(
                                        base.resolve("proxy_config.yaml"),
                                        base.resolve("keys_pool"),
                                        base.resolve("env"),
                                        base.resolve("data")),
                        LIMIT);
    }

    @Test
    void a_granted_file_or_folder_is_read() throws Exception {
        assertThat(read("docs/guide.md", "docs")).isEqualTo("the guide");
        assertThat(read("./docs/../docs/deep/more.md", "docs/")).isEqualTo("more");
        assertThat(read("prices.csv", "prices.csv")).isEqualTo("1,2");
        assertThat(read(folder.resolve("base/prices.csv").toString(), ".")).isEqualTo("1,2");
        String outside = folder.resolve("outside").toString();
        assertThat(read(outside + "/secret.txt", outside)).isEqualTo("outside");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prices.csv",
                "docs/../prices.csv",
                "docs2/guide.md",
                "../outside/secret.txt",
                "docs/../../outside/secret.txt",
                "/etc/passwd",
                "/etc/no-such-file",
                "",
                "docs/\u0000",
            })
    void what_is_not_granted_is_refused_with_the_lines_that_would_grant_it(String path) {
        assertThatThrownBy(() -> read(path, "docs/guide.md", "docs/deep"))
                .isInstanceOfSatisfying(
                        FileRefusedException.class,
                        e -> assertThat(e.code()).isEqualTo("not_allowed"))
                .hasMessageContaining(
                        "grants:\n    reader:\n      files: [docs/guide.md, docs/deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy_config.yaml",
                "keys_pool/keys_pool_openai.env",
                "env/search.txt",
                "data/gateway.db",
                "docs/.env",
                "docs/link-to-keys/keys_pool_openai.env",
                "docs/link-to-config",
                "docs/hard-link-to-config",
            })
    void keys_secrets_data_and_configuration_are_nobodys_whatever_is_granted(String path)
            throws Exception {
        Path docs = folder.resolve("base/docs");
        Files.createSymbolicLink(docs.resolve("link-to-keys"), folder.resolve("base/keys_pool"));
        Files.createSymbolicLink(
                docs.resolve("link-to-config"), folder.resolve("base/proxy_config.yaml"));
        Files.createLink(
                docs.resolve("hard-link-to-config"), folder.resolve("base/proxy_config.yaml"));

        assertThatThrownBy(() -> read(path, ".", "keys_pool", "env", "data", "/"))
                .isInstanceOfSatisfying(
                        FileRefusedException.class,
                        e -> assertThat(e.code()).isEqualTo("not_allowed"))
                .hasMessageContaining("no tool may read it");
    }

    @Test
    void a_link_is_read_where_it_leads_if_that_is_granted() throws Exception {
        Path docs = folder.resolve("base/docs");
        Files.createSymbolicLink(docs.resolve("out.txt"), folder.resolve("outside/secret.txt"));
        Files.createSymbolicLink(docs.resolve("in.csv"), folder.resolve("base/prices.csv"));
        Files.createSymbolicLink(folder.resolve("base/linked"), docs);

        assertThatThrownBy(() -> read("docs/out.txt", "docs"))
                .hasMessageContaining("may not read docs/out.txt");
        assertThat(read("docs/in.csv", "docs", "prices.csv")).isEqualTo("1,2");
        assertThat(read("linked/guide.md", "linked")).isEqualTo("the guide");
    }

    @Test
    void what_is_no_text_of_a_fair_size_is_told_so() throws Exception {
        write("base/docs/large.txt", "x".repeat(LIMIT + 1));
        write("base/docs/just.txt", "x".repeat(LIMIT));
        Files.write(folder.resolve("base/docs/binary"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(read("docs/just.txt", "docs")).hasSize(LIMIT);
        assertProblem("docs/large.txt", "file_error", "more than 1000 bytes");
        assertProblem("docs/binary", "file_error", "not UTF-8");
        assertProblem("docs/deep", "file_error", "no ordinary file");
        assertProblem("docs/none.txt", "not_found", "no file docs/none.txt");
    }

    private void assertProblem(String path, String code, String message) {
        assertThatThrownBy(() -> read(path, "docs"))
                .isInstanceOfSatisfying(
                        FileRefusedException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private String read(String path, String... granted) throws FileRefusedException {
        return files.read(
                "reader", new GrantConfig(List.of(), Arrays.asList(granted), false), path);
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
