package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletenessTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stop | true",
                "tool_calls | true",
                "function_call | true",
                "length | false",
                "content_filter | false",
                "error | false",
                "'' | false"
            })
    void an_answer_is_kept_that_came_to_its_own_end(String reason, boolean kept) {
        assertThat(
                        Completeness.chat(
                                bytes(
                                        "{'choices':[{'finish_reason':'stop'},{'finish_reason':'"
                                                + reason
                                                + "'}]}")))
                .isEqualTo(kept);
        assertThat(
                        stream(
                                "{'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':null}]}",
                                "{'choices':[{'index':0,'delta':{},'finish_reason':'"
                                        + reason
                                        + "'}]}",
                                "{'choices':[],'usage':{}}"))
                .isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{'choices':[]}",
                "{'choices':[{'finish_reason':null}]}",
                "{'error':{'message':'x'}}",
                "no JSON"
            })
    void what_says_nothing_of_its_end_is_not(String body) {
        assertThat(Completeness.chat(bytes(body))).isFalse();
        assertThat(Completeness.embeddings(bytes(body))).isFalse();
        assertThat(stream(body)).isFalse();
    }

    @Test
    void of_several_choices_each_must_have_ended() {
        String first = "{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}";
        String second = "{'choices':[{'index':1,'delta':{'content':'a'}}]}";
        String end = "{'choices':[{'index':1,'delta':{},'finish_reason':'stop'}]}";

        assertThat(stream(first, second)).isFalse();
        assertThat(stream(first, second, end)).isTrue();
        assertThat(stream()).isFalse();
    }

    private static boolean stream(String... chunks) {
        return Completeness.stream(
                Arrays.stream(chunks).map(c -> bytes("data: " + c + "\n\n")).toList());
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }
}
