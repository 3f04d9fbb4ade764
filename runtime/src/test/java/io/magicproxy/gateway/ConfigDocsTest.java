package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigDocs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConfigDocsTest {
    private static final Path FILE =
            Path.of(System.getProperty("project.root"), "docs", "config.md");

    @Test
    void the_page_is_what_the_records_say() throws Exception {
        String page = head() + ConfigDocs.tables(GatewayConfig.class);
        if (Boolean.getBoolean("regenerate.docs")) {
            Files.writeString(FILE, page);
        }
        assertThat(FILE)
                .as(
                        "made from the records; write it anew with -Dtest=ConfigDocsTest -Dregenerate.docs=true")
                .hasContent(page);
    }

    private static String head() throws IOException {
        try (InputStream in = ConfigDocsTest.class.getResourceAsStream("config-head.md")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
