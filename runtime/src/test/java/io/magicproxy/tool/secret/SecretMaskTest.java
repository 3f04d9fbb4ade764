package io.magicproxy.tool.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SecretMaskTest {
    @Test
    void a_secret_is_found_wherever_it_stands_and_in_the_usual_clothes() {
        String secret = "p\"a s/s+w&rd\\€";
        var mask = new SecretMask(() -> List.of(secret));
        String base64 = Base64.getEncoder().encodeToString(secret.getBytes(UTF_8));

        assertThat(mask.apply("x" + secret + "y" + secret)).isEqualTo("x[secret]y[secret]");
        assertThat(mask.apply("{\"k\":\"p\\\"a s/s+w&rd\\\\€\"}"))
                .isEqualTo("{\"k\":\"[secret]\"}");
        assertThat(mask.apply("?k=p%22a+s%2Fs%2Bw%26rd%5C%E2%82%AC")).isEqualTo("?k=[secret]");
        assertThat(mask.apply("?k=p%22a%20s%2Fs%2Bw%26rd%5C%E2%82%AC")).isEqualTo("?k=[secret]");
        assertThat(mask.apply("Basic " + base64))
                .startsWith("Basic [secret]")
                .doesNotContain("cCJh");
        assertThat(mask.apply("nothing here")).isEqualTo("nothing here");
    }

    @Test
    void a_secret_within_another_leaves_nothing_of_the_longer_one() {
        var mask = new SecretMask(() -> Set.of("12345678", "x12345678y"));

        assertThat(mask.apply("ax12345678yb 12345678")).isEqualTo("a[secret]b [secret]");
    }

    @Test
    void what_is_too_short_to_be_told_from_ordinary_words_stays() {
        var mask = new SecretMask(() -> List.of("1234567", "", "  ", "\n12345678 "));

        assertThat(mask.apply("1234567 and 12345678")).isEqualTo("1234567 and [secret]");
    }

    @Test
    void new_secrets_are_known_soon() {
        var secrets = new AtomicReference<>(List.of("first-secret"));
        var mask = new SecretMask(secrets::get);
        assertThat(mask.apply("first-secret second-secret")).isEqualTo("[secret] second-secret");

        secrets.set(List.of("first-secret", "second-secret"));
        long until = System.nanoTime() + 10_000_000_000L;
        while (!mask.apply("second-secret").equals("[secret]") && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(mask.apply("second-secret")).isEqualTo("[secret]");
    }
}
