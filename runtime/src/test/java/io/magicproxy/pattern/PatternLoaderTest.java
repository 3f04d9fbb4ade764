package io.magicproxy.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.plugin.Failures;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.testing.SharedSandbox;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pattern's file may export, and how its author learns what is wrong. */
class PatternLoaderTest {
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;
    private static final String RUN = "\nexport const run = () => 1;\n";

    @Test
    void a_manifest_is_read_whole() throws ScriptException {
        PatternScript pattern =
                load(
                        "export const manifest = { title: 'T', description: 'D', tags: ['a', 'b'], requires: ['calc'],"
                                + " limits: { max_steps: 3, max_seconds: 60 }, params: { type: 'object' } };"
                                + RUN);

        assertThat(pattern.title()).isEqualTo("T");
        assertThat(pattern.description()).isEqualTo("D");
        assertThat(pattern.tags()).containsExactly("a", "b");
        assertThat(pattern.requires()).containsExactly("calc");
        assertThat(pattern.limits().path("max_steps").asInt()).isEqualTo(3);
        assertThat(pattern.params()).isPresent();
        assertThat(load(RUN).title()).isEqualTo("plan");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "title: 7                            | plan.js:3:3 manifest.title must be a text",
                "tags: 'a'                           | plan.js:3:3 manifest.tags must be a list of texts",
                "requires: [7]                       | plan.js:3:3 manifest.requires must be a list of texts",
                "params: { type: 'objekt' }          | plan.js:3:3 manifest.params doesn't work: the JSON Schema is invalid",
                "params: []                          | plan.js:3:3 manifest.params must be a JSON Schema",
                "limits: { max_step: 3 }             | did you mean \"max_steps\"?",
                "limits: { max_steps: 0 }            | plan.js:3:3 manifest.limits needs a whole number from 1 for max_steps",
                "limits: { max_steps: 1.5 }          | needs a whole number from 1",
                "'require': ['calc']                 | manifest.require is not known; there are title, description, params, limits, requires, tags; did you mean \"requires\"?",
            })
    void a_mistake_in_a_manifest_is_told_with_its_line(String member, String problem) {
        assertThat(problem("// A plan.\nexport const manifest = {\n  " + member + ",\n};" + RUN))
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "export const manifest = [];                            | the manifest must be an object",
                "export const ran = 1;                                  | a pattern exports run(ctx) or getPromptStructure()",
                "export const getPromptStructure = () => 'text';        | must be a list of {tag, content}, or a map",
                "export const getPromptStructure = () => [{ tag: 'A' }];| section 1 of the prompt structure has no text \"content\"",
                "export const getPromptStructure = () => [7];           | section 1 of the prompt structure",
                "export const getPromptStructure = () => ({ static_system: 7 }); | neither text nor a list",
                "export const getPromptStructure = () => { throw new Error('no luck'); }; | no luck",
            })
    void an_export_that_is_none_is_told(String source, String problem) {
        String whole = source.contains("manifest") ? source + RUN : source;
        assertThat(problem(whole)).contains(problem);
    }

    @Test
    void python_manifests_are_checked_alike() {
        assertThatExceptionOfType(ScriptException.class)
                .isThrownBy(() ->
                        loader().load(
                                        "plan",
                                        ScriptBundle.of(
                                                "plan.py",
                                                "MANIFEST = {\n    \"title\": 7,\n}\n\ndef run(ctx):\n    return 1\n")))
                .satisfies(e ->
                        assertThat(Failures.text(e.failure()))
                                .isEqualTo("plan.py:2:5 manifest.title must be a text"));
    }

    private static PatternScript load(String source) throws ScriptException {
        return loader().load("plan", ScriptBundle.of("plan.js", source));
    }

    private static PatternLoader loader() {
        return new PatternLoader(() -> RUNTIME, InstantSource.system());
    }

    private static String problem(String source) {
        try {
            load(source);
        } catch (ScriptException e) {
            return Failures.text(e.failure());
        }
        throw new AssertionError("it loads");
    }
}
