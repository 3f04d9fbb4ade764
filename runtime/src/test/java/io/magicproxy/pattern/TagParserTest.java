package io.magicproxy.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagParserTest {
    private static final Set<String> KNOWN =
            Set.of("THOUGHT", "PLAN", "DRAFT", "ACTION", "FINAL_ANSWER");

    /** Of what the fuzzer makes its texts. */
    private static final List<String> PIECES =
            List.of(
                    "<THOUGHT>",
                    "</THOUGHT>",
                    "<thought kind=\"a\">",
                    "< / Thought >",
                    "<PLAN/>",
                    "<ACTION>",
                    "</ACTION>",
                    "<FINAL_ANSWER>",
                    "</final_answer>",
                    "<DRAFT>",
                    "<",
                    ">",
                    "</",
                    "<THOU",
                    "GHT>",
                    "<b>",
                    "a < b",
                    "x",
                    " ",
                    "\n",
                    "{\"a\": \"",
                    "\"}",
                    "{",
                    "}",
                    "\\",
                    "\"",
                    "é",
                    "\uD83D\uDE00",
                    "<OTHER>",
                    "`".repeat(3),
                    "<ACTION ",
                    "y".repeat(170));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<THOUGHT>a</THOUGHT><PLAN>b</PLAN>      | [THOUGHT:a][PLAN:b]",
                "<thought>a</Thought>                    | [THOUGHT:a]",
                "<THOUGHT kind=\"deep\" n='1'>a</THOUGHT>| [THOUGHT:a]",
                "< THOUGHT >a</ THOUGHT >                | [THOUGHT:a]",
                "<PLAN/>after                            | [PLAN:]after",
                "<THOUGHT>a                              | [THOUGHT:a]",
                "<THOUGHT>a<PLAN>b                       | [THOUGHT:a][PLAN:b]",
                "<THOUGHT>a<FINAL_ANSWER>b               | [THOUGHT:a][FINAL_ANSWER:b]",
                "before<THOUGHT>a</THOUGHT>after         | before[THOUGHT:a]after",
                "<THOUGHT>1 < 2 and <b>3</b></THOUGHT>   | [THOUGHT:1 < 2 and <b>3</b>]",
                "<THOUGHTS>a</THOUGHTS>                  | <THOUGHTS>a</THOUGHTS>",
                "<THOUGHT>a</PLAN>b                      | [THOUGHT:a</PLAN>b]",
                "</THOUGHT>a                             | </THOUGHT>a",
                "<ACTION></ACTION>                       | [ACTION:]",
                "<ACTION>{}</ACTION>made up<THOUGHT>no   | [ACTION:{}]",
                "<ACTION>{}<OBSERVATION>no<THOUGHT>no    | [ACTION:{}<OBSERVATION>no]",
                "<FINAL_ANSWER>a</FINAL_ANSWER><ACTION>{}| [FINAL_ANSWER:a]",
                "<FINAL_ANSWER>write <ACTION> and </THOUGHT></FINAL_ANSWER> | [FINAL_ANSWER:write <ACTION> and </THOUGHT>]",
                "<FINAL_ANSWER>42</FINAL_ANS             | [FINAL_ANSWER:42]",
                "<THOUGHT>x</thou                        | [THOUGHT:x]",
                "<FINAL_ANSWER>x </                      | [FINAL_ANSWER:x </]",
                "<FINAL_ANSWER>1 <                       | [FINAL_ANSWER:1 <]",
                "<ACTION>{\"t\": \"<THOUGHT>x</ACTION>\"}</ACTION>no | [ACTION:{\"t\": \"<THOUGHT>x</ACTION>\"}]",
                "<ACTION>{\"t\": \"\\\"<PLAN>\"}</ACTION>| [ACTION:{\"t\": \"\\\"<PLAN>\"}]",
                "<ACTION>I say \"go\" {\"t\": 1}</ACTION>| [ACTION:I say \"go\" {\"t\": 1}]",
                "<ACTION>{\"t\": 1} \"</ACTION>no        | [ACTION:{\"t\": 1} \"]",
            })
    void texts_are_split_as_their_authors_mean_them(String text, String parts) {
        assertThat(whole(text).parts()).isEqualTo(parts);
        assertThat(pieces(text, new Random(1), 1).parts()).as("letter by letter").isEqualTo(parts);
    }

    @Test
    void a_forgotten_quotation_mark_does_not_swallow_the_rest() {
        assertThat(whole("<ACTION>\n{\"t\": \"5}\n</ACTION>\n<FINAL_ANSWER>no").parts())
                .isEqualTo("[ACTION:\n{\"t\": \"5}\n]");
    }

    @Test
    void text_is_told_at_once_unless_it_may_become_a_tag() {
        var seen = new Seen();
        var parser = new TagParser(KNOWN, seen);
        parser.feed("<THOUGHT>I ");
        assertThat(seen.parts()).isEqualTo("[THOUGHT:I ");
        parser.feed("see <b");
        assertThat(seen.parts()).isEqualTo("[THOUGHT:I see <b");
        parser.feed("> <");
        assertThat(seen.parts()).endsWith("> ");
        parser.feed("/TH");
        assertThat(seen.parts()).endsWith("> ");
        parser.feed("OUGHT>");
        assertThat(seen.parts()).endsWith("> ]");
    }

    @Test
    void it_says_when_nothing_more_counts_and_how_much_did() {
        var parser = new TagParser(KNOWN, new Seen());
        assertThat(parser.feed("<ACTION>{}</ACT")).isFalse();
        assertThat(parser.feed("ION> and more")).isTrue();
        assertThat(parser.counted()).isEqualTo("<ACTION>{}</ACTION>".length());
        assertThat(parser.feed("<THOUGHT>")).isTrue();

        var unclosed = new TagParser(KNOWN, new Seen());
        assertThat(unclosed.feed("<ACTION>{}<THOUGHT>no")).isTrue();
        assertThat(unclosed.counted()).isEqualTo("<ACTION>{}".length());
    }

    /** Whatever comes: in one piece or many it is the same, and nothing is lost or made up. */
    @Test
    void ten_thousand_made_up_texts_are_read_alike_in_any_pieces() {
        var random = new Random(20_261_127);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder made = new StringBuilder();
            for (int n = random.nextInt(14); n >= 0; n--) {
                made.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            String text = made.toString();
            Seen whole = whole(text);
            assertThat(pieces(text, random, 7).parts()).as(text).isEqualTo(whole.parts());
            assertThat(text.replaceAll("<[^<>]*>", "")).as(text).contains(whole.longestPlainText());
            assertThat(whole.nesting()).as(text).isZero();
        }
    }

    private static Seen whole(String text) {
        var seen = new Seen();
        var parser = new TagParser(KNOWN, seen);
        parser.feed(text);
        parser.end();
        return seen;
    }

    private static Seen pieces(String text, Random random, int most) {
        var seen = new Seen();
        var parser = new TagParser(KNOWN, seen);
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(most));
            parser.feed(text.substring(at, end));
            at = end;
        }
        parser.end();
        return seen;
    }

    /** Writes what it is told as {@code text[TAG:text]}. */
    private static final class Seen implements TagParser.Listener {
        private final StringBuilder all = new StringBuilder();
        private String longest = "";
        private int open;

        @Override
        public void opened(String tag) {
            open++;
            all.append('[').append(tag).append(':');
        }

        @Override
        public void text(String tag, String text) {
            assertThat(text).isNotEmpty();
            assertThat(tag.isEmpty()).isEqualTo(open == 0);
            all.append(text);
            String plain = text.replaceAll("(?s)[<>].*", "");
            longest = plain.length() > longest.length() ? plain : longest;
        }

        @Override
        public void closed(String tag) {
            open--;
            all.append(']');
        }

        String parts() {
            return all.toString();
        }

        String longestPlainText() {
            return longest;
        }

        int nesting() {
            return open;
        }
    }
}
