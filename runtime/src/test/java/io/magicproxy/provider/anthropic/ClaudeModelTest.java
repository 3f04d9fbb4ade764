package io.magicproxy.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaudeModelTest {
    @ParameterizedTest
    @CsvSource({
        "claude-opus-4-8, opus, 408",
        "claude-sonnet-5, sonnet, 500",
        "claude-sonnet-5-5, sonnet, 505",
        "claude-fable-5-1, fable, 501",
        "claude-haiku-4-5-20251001, haiku, 405",
        "claude-opus-4-20250514, opus, 400",
        "claude-sonnet-4@20250514, sonnet, 400",
        "claude-3-5-haiku-20241022, haiku, 305",
        "claude-3-haiku-20240307, haiku, 300",
        "claude-3-7-sonnet-latest, sonnet, 307",
        "anthropic/claude-opus-4.7, opus, 407",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0, sonnet, 405",
        "claude-whatever, '', 9999",
        "kimi-k2, '', 0",
    })
    void family_and_version_are_read_from_the_name(String name, String family, int version) {
        assertThat(ClaudeModel.of(name)).isEqualTo(new ClaudeModel(name, family, version));
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-5, 64000",
        "claude-haiku-4-5, 64000",
        "claude-sonnet-4-0, 64000",
        "claude-opus-4-1, 32000",
        "claude-3-5-haiku-20241022, 8192",
        "claude-3-haiku-20240307, 4096",
        "another-servers-model, 8192",
    })
    void each_family_has_its_default_for_max_tokens(String name, int tokens) {
        assertThat(ClaudeModel.of(name).defaultMaxTokens()).isEqualTo(tokens);
        assertThat(Anthropic.body(Anthropic.with("'n': 1"), name).path("max_tokens").intValue())
                .isEqualTo(tokens);
    }

    @Test
    void the_callers_own_max_tokens_counts() {
        assertThat(Anthropic.body(Anthropic.with("'max_completion_tokens': 7")).path("max_tokens"))
                .isEqualTo(Anthropic.json("7"));
    }
}
