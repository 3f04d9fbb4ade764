package io.magicproxy.quota;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EstimateTest {
    @Test
    void four_bytes_are_a_token() {
        assertThat(Estimate.prompt("x".repeat(400).getBytes(UTF_8))).isEqualTo(100);
        assertThat(Estimate.prompt("x".repeat(40_000).getBytes(UTF_8))).isEqualTo(10_000);
    }

    @Test
    void an_attachments_bytes_are_no_words() {
        String image = "{\"url\":\"data:image/png;base64," + "A".repeat(1_000_000) + "\"}";
        String text = "y".repeat(4_000);

        assertThat(Estimate.prompt((image + text + image).getBytes(UTF_8)))
                .isBetween(2_000L + 1_000, 2_000L + 1_100);
    }

    @Test
    void one_that_never_ends_ends_with_the_body() {
        assertThat(Estimate.prompt(("z".repeat(9_000) + ";base64,AAAA").getBytes(UTF_8)))
                .isEqualTo(9_000 / 4 + 1_000);
    }
}
