package io.magicproxy.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AliasMatchTest {
    @ParameterizedTest
    @CsvSource({
        "main, main, true",
        "main, mains, false",
        "main, Main, false",
        "*, anything, true",
        "gpt-*, gpt-, true",
        "gpt-*, gpt-5, true",
        "gpt-*, my-gpt-5, false",
        "*-mini, gpt-mini, true",
        "*-mini, -mini, true",
        "*-mini, mini, false",
        "a*b*c, abc, true",
        "a*b*c, axxbyyc, true",
        "a*b*c, acb, false",
        "a*b*c, abbc, true",
        "ab*ba, aba, false",
        "ab*ba, abba, true",
        "*a*a*, a, false",
        "*a*a*, xaxax, true",
        "a**c, ac, true",
        "x*y*z*, xyz, true",
    })
    void a_star_stands_for_any_part(String listed, String name, boolean matches) {
        assertThat(AliasMatch.matches(List.of("other", listed), name)).isEqualTo(matches);
    }

    @Test
    void nothing_listed_is_everything_allowed() {
        assertThat(AliasMatch.matches(List.of(), "any")).isTrue();
    }
}
