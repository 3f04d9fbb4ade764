package io.magicproxy.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.pattern.ActionReader.Action;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionReaderTest {
    private static final String CALL =
            "{\"tool_name\": \"calc\", \"arguments\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                CALL,
                "\n```json\n" + CALL + "\n```\n",
                "I shall calculate: " + CALL + " and then go on.",
                "Of [1] and {x} I take " + CALL,
                "{\"note\": \"first\"} " + CALL,
                "[" + CALL + "]",
                "{tool_name: 'calc', arguments: {expression: '2 + 3', n: [1, 2,],},}",
                "{\"tool\": \"calc\", \"args\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}}",
                "{\"name\": \"calc\", \"parameters\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}}",
                "{\"action\": \"calc\", \"action_input\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}}",
                "{\"type\": \"function\", \"function\": {\"name\": \"calc\", \"arguments\": \"{\\\"expression\\\": \\\"2 + 3\\\", \\\"n\\\": [1, 2]}\"}}",
                "{\"tool_name\": \"calc\", /* why not */ \"arguments\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}}",
                "{\"tool_name\": \"calc\", \"arguments\": {\"expression\": \"2 + 3\", \"n\": [1, 2]}",
                "```\n{\"tool_name\": \"calc\", \"arguments\": {\"expression\": \"2 + 3\", \"n\": [1, 2\n```",
            })
    void a_call_is_found_however_a_model_writes_it(String text) throws Exception {
        assertThat(ActionReader.action(text))
                .isEqualTo(
                        new Action.Call(
                                "calc",
                                (com.fasterxml.jackson.databind.node.ObjectNode)
                                        Json.read("{\"expression\": \"2 + 3\", \"n\": [1, 2]}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n ", "{}", "```json\n```", "{ }"})
    void nothing_is_the_end_of_a_stage(String text) {
        assertThat(ActionReader.action(text)).isInstanceOf(Action.Empty.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "use the calculator",
                "{\"arguments\": {}}",
                "[1, 2]",
                "{\"tool_name\": \"calc\", \"arguments\": \"2 + 3\"}",
                "{\"tool_name\": \"calc\", \"arguments\": [1]}",
                "{\"tool_name\": \"write\", \"arguments\": {\"text\": \"cut in the mid",
            })
    void what_is_no_call_is_explained_to_the_model(String text) {
        assertThat(ActionReader.action(text)).isInstanceOf(Action.Unreadable.class);
    }

    @Test
    void a_call_without_arguments_has_none() {
        for (String text :
                new String[] {
                    "{\"tool_name\": \"now\"}",
                    "{\"tool_name\": \"now\", \"arguments\": null}",
                    "{\"tool_name\": \"now\", \"arguments\": \"\"}"
                }) {
            assertThat(ActionReader.action(text)).isEqualTo(new Action.Call("now", Json.object()));
        }
    }

    @Test
    void three_thousand_damaged_calls_are_read_or_explained_and_never_break_the_reader() {
        var random = new Random(7);
        String signs = "{}[]\",:'\\<>/*`\n\t \u0000é0-9eE.truefalsn";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder("so " + CALL + " yes");
            for (int n = random.nextInt(6); n >= 0; n--) {
                int at = random.nextInt(text.length());
                char sign = signs.charAt(random.nextInt(signs.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, sign);
                    case 1 -> text.insert(at, sign);
                    default -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(9)));
                }
            }
            assertThat(ActionReader.action(text.toString())).isNotNull();
        }
    }

    @Test
    void deep_nesting_and_a_flood_of_braces_come_to_an_end() {
        assertThat(ActionReader.action("[".repeat(200_000))).isInstanceOf(Action.Unreadable.class);
        assertThat(ActionReader.action("{\"a\":".repeat(50_000)))
                .isInstanceOf(Action.Unreadable.class);
        assertThat(ActionReader.action("{".repeat(200_000))).isInstanceOf(Action.Unreadable.class);
    }
}
