package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigDocs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/config.md} is made from the records: {@code mvn test -Dregenerate.docs=true -pl
 * runtime} writes it anew.
 */
class ConfigDocsTest {
    private static final Path FILE =
            Path.of(System.getProperty("project.root", "..")).resolve("docs/config.md");

    private static final String INTRODUCTION =
            """
            # `proxy_config.yaml`

            One file, read again whenever it is saved. All problems are reported at once, each with its line, column and path; a
            file with a problem changes nothing, and `./magic-proxy check` and `GET /admin/config/status` list them.

            - **From the environment**: `os.environ/NAME` as a whole value, or `${NAME}` and `${NAME:default}` anywhere in one.
              A secret whose variable is not set is a note; anything else is a problem.
            - **Durations** are seconds, or such as `500ms`, `2m`, `7d`; **sizes** are bytes, or such as `64KiB`, `8MiB`.
            - **Anchors** (`&name`, `*name`) and merges (`<<`) work; `definitions` is the place for them.
            - **Parameters** in `model_params` are defaults: what a request sets itself wins. `null` sends nothing.
            - **Keys** stand in `keys_pool/keys_pool_<pool>.env`, one a line, or in `<POOL>_API_KEY`. Saving a key file adds and
              removes keys at once.

            This page is made from the code.

            ## The whole file

            """;

    @Test
    void the_reference_is_what_the_records_say() throws Exception {
        String wanted = INTRODUCTION + ConfigDocs.markdown(GatewayConfig.class);
        if (Boolean.getBoolean("regenerate.docs")) {
            Files.writeString(FILE, wanted);
        }

        assertThat(Files.exists(FILE) ? Files.readString(FILE) : "").isEqualTo(wanted);
    }
}
