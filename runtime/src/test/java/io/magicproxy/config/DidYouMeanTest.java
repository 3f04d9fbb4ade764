package io.magicproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    @Test
    void a_slip_of_any_kind_is_found() {
        List<String> known = List.of("azure_backup", "openai_main");

        for (String slip :
                List.of(
                        "azure_bakup",
                        "azure_backupp",
                        "azrue_backup",
                        "azure-backup",
                        "AZURE_BACKUP")) {
            assertThat(DidYouMean.nearest(slip, known)).as(slip).contains("azure_backup");
        }
        assertThat(DidYouMean.hint("azure_bakup", known))
                .isEqualTo("; did you mean \"azure_backup\"?");
    }

    @Test
    void the_nearest_wins_and_then_the_first_by_name() {
        assertThat(DidYouMean.nearest("gpt-5x", List.of("gpt-5xx", "gpt-4xy", "gpt-5x1")))
                .contains("gpt-5x1");
    }

    @Test
    void what_is_far_off_is_not_suggested() {
        assertThat(DidYouMean.nearest("claude", List.of("gpt-main", "gemini"))).isEmpty();
        assertThat(DidYouMean.nearest("a", List.of("b"))).isEmpty();
        assertThat(DidYouMean.nearest("", List.of("b"))).isEmpty();
        assertThat(DidYouMean.hint("claude", List.of("gpt-main"))).isEmpty();
    }

    @Test
    void names_of_any_length_take_little_memory() {
        String huge = "x".repeat(5_000_000);

        assertThat(DidYouMean.nearest(huge, List.of("x"))).isEmpty();
        assertThat(DidYouMean.nearest("y".repeat(99), List.of(huge))).isEmpty();
    }

    @Test
    void where_any_name_is_allowed_only_a_sure_slip_counts() {
        assertThat(DidYouMean.slip("api_kye", List.of("api_key"))).contains("api_key");
        assertThat(DidYouMean.slip("max_output_tokens", List.of("max_input_tokens"))).isEmpty();
    }
}
