package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredAnswerTest {
    private static final Instant THEN = Instant.parse("2026-11-27T12:00:00Z");
    private static final StoredAnswer ANSWER =
            new StoredAnswer(
                    THEN,
                    Optional.of(new Usage(1, 2, 3, 4, 5, 6, true)),
                    List.of("a note", "ünd noch eine"),
                    List.of("data: 1\n\n".getBytes(UTF_8), "data: 2\n\n".getBytes(UTF_8)));

    @Test
    void it_comes_back_as_it_was() {
        StoredAnswer back = StoredAnswer.decoded(ANSWER.encoded()).orElseThrow();

        assertThat(back.since()).isEqualTo(THEN);
        assertThat(back.usage()).isEqualTo(ANSWER.usage());
        assertThat(back.notes()).isEqualTo(ANSWER.notes());
        assertThat(back.pieces()).usingRecursiveComparison().isEqualTo(ANSWER.pieces());
    }

    @Test
    void a_part_of_it_or_another_version_is_no_answer() {
        byte[] whole = ANSWER.encoded();
        for (int length = 0; length < whole.length; length++) {
            assertThat(StoredAnswer.decoded(Arrays.copyOf(whole, length))).isEmpty();
        }
        whole[0] = 99;
        assertThat(StoredAnswer.decoded(whole)).isEmpty();
    }

    @Test
    void its_age_is_looked_at_by_the_rule_of_today() {
        assertThat(ANSWER.isYoungerThan(Duration.ofMinutes(5), THEN.plusSeconds(299))).isTrue();
        assertThat(ANSWER.isYoungerThan(Duration.ofMinutes(5), THEN.plusSeconds(300))).isFalse();
    }
}
