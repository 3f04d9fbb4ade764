package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheKeysTest {
    private static final String ASKED =
            "{\"model\":\"main\",\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private final CacheKeys all = keys(List.of(), false);

    @Test
    void a_key_is_the_prefix_and_a_sha_256() throws Exception {
        assertThat(key(all, ASKED)).matches("pre:[0-9a-f]{64}");
        assertThat(key(all, ASKED)).isEqualTo(key(all, ASKED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"content\":\"hi\",\"role\":\"user\"}],  \"model\":\"main\",\"temperature\":0.50}",
                "{\"model\":\"other-alias\",\"temperature\":5e-1,\"messages\":[{\"role\":\"user\",\"content\":\"h\\u0069\"}]}",
                "{\"model\":\"main\",\"stream\":false,\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
            })
    void the_same_question_written_otherwise_has_the_same_key(String otherwise) throws Exception {
        assertThat(key(all, otherwise)).isEqualTo(key(all, ASKED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[]",
                "\"tool_choice\":\"none\"",
                "\"response_format\":{\"type\":\"json_object\"}",
                "\"n\":2",
                "\"seed\":1",
                "\"a_field_of_tomorrow\":1"
            })
    void every_field_counts_and_under_a_list_those_that_always_do(String field) throws Exception {
        CacheKeys listed = keys(List.of("messages"), false);
        String with = ASKED.replace("\"temperature\":0.5", "\"temperature\":0.5," + field);
        boolean always = !field.contains("seed") && !field.contains("tomorrow");

        assertThat(key(all, with)).isNotEqualTo(key(all, ASKED));
        assertThat(key(listed, with).equals(key(listed, ASKED))).isEqualTo(!always);
    }

    @Test
    void a_list_chooses_what_counts_and_a_longer_one_shares_nothing_with_it() throws Exception {
        CacheKeys listed = keys(List.of("messages"), false);
        CacheKeys longer = keys(List.of("temperature", "messages"), false);
        String colder = ASKED.replace("0.5", "0");
        String without = ASKED.replace("\"temperature\":0.5,", "");

        assertThat(key(listed, colder)).isEqualTo(key(listed, ASKED));
        assertThat(key(longer, colder)).isNotEqualTo(key(longer, ASKED));
        assertThat(key(longer, without)).isNotEqualTo(key(listed, without));
        assertThat(key(longer, ASKED))
                .isEqualTo(key(keys(List.of("messages", "temperature"), false), ASKED));
    }

    @Test
    void streams_vectors_and_whole_answers_have_keys_of_their_own() throws Exception {
        String usage =
                ASKED.replace(
                        "\"temperature\":0.5",
                        "\"temperature\":0.5,\"stream_options\":{\"include_usage\":true}");
        CacheKeys listed = keys(List.of("messages"), false);

        assertThat(
                        Set.of(
                                key(listed, ASKED, new AnswerKind.Chat(), "a"),
                                key(listed, ASKED, new AnswerKind.Embeddings(), "a"),
                                key(listed, ASKED, new AnswerKind.Streamed(), "a"),
                                key(listed, usage, new AnswerKind.Streamed(), "a")))
                .hasSize(4);
    }

    @Test
    void teams_are_kept_apart_unless_the_rule_says_that_they_share() throws Exception {
        CacheKeys shared = keys(List.of(), true);

        assertThat(key(all, ASKED, new AnswerKind.Chat(), "team a"))
                .isNotEqualTo(key(all, ASKED, new AnswerKind.Chat(), "team b"));
        assertThat(key(shared, ASKED, new AnswerKind.Chat(), "team a"))
                .isEqualTo(key(shared, ASKED, new AnswerKind.Chat(), "team b"))
                .isNotEqualTo(key(all, ASKED, new AnswerKind.Chat(), "team a"));
    }

    @Test
    void another_profile_or_other_parameters_of_it_are_another_key() throws Exception {
        JsonNode warmer = Json.read("{\"name\":\"p\",\"parameters\":{\"temperature\":1}}");

        assertThat(key(new CacheKeys("pre", rule(List.of(), false), warmer), ASKED))
                .isNotEqualTo(key(all, ASKED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"what I ask\",\"content\":\"what you ask\"}]}",
                "{\"model\":\"m\",\"messages\":[],\"temperature\":1e345678901234567890}"
            })
    void what_two_readers_could_read_in_two_ways_has_no_key(String body) throws Exception {
        assertThat(all.of(request(body, new AnswerKind.Chat(), ""))).isEmpty();
    }

    private static CacheKeys keys(List<String> include, boolean shared) {
        return new CacheKeys("pre", rule(include, shared), Json.object().put("name", "p"));
    }

    private static CacheRule rule(List<String> include, boolean shared) {
        return new CacheRule(List.of("p"), include, Duration.ofHours(1), shared);
    }

    private static String key(CacheKeys keys, String body) throws Exception {
        return key(keys, body, new AnswerKind.Chat(), "");
    }

    private static String key(CacheKeys keys, String body, AnswerKind<?> kind, String team)
            throws Exception {
        Optional<String> key = keys.of(request(body, kind, team));
        return key.orElseThrow();
    }

    private static CacheRequest<?> request(String body, AnswerKind<?> kind, String team)
            throws Exception {
        return new CacheRequest<>(
                kind,
                new RequestScanner(64).scan(body.getBytes(UTF_8)),
                new CacheTerms(team, Set.of()),
                new Cancellation());
    }
}
