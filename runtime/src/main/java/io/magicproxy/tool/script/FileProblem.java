package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a file is no tool, with the place to mend it. */
final class FileProblem {
    private FileProblem() {}

    /** What a prelude tells: {@code message}, and the line or a name that stands there. */
    static ScriptException told(JsonNode problem, ScriptBundle bundle) {
        String about = problem.path("about").asText();
        int line = problem.path("line").asInt();
        if (line == 0) {
            return at(bundle, about, problem.path("message").asText());
        }
        String file = problem.path("file").asText();
        return of(
                problem.path("message").asText(),
                new Place(bundle.files().containsKey(file) ? file : bundle.entry(), line, 1));
    }

    /**
     * @param names such as {@code manifest.effect}: the second is looked for after the first; in
     *     capitals they are found too
     */
    static ScriptException at(ScriptBundle bundle, String names, String message) {
        String source = bundle.source();
        int from = 0;
        int found = 0;
        for (String name : names.split("[.\\[]", -1)) {
            Matcher matcher = Pattern.compile(pattern(name)).matcher(source);
            if (name.isEmpty() || !matcher.find(from)) {
                break;
            }
            found = matcher.start();
            from = matcher.end();
        }
        int lineStart = source.lastIndexOf('\n', Math.max(0, found - 1)) + 1;
        int line = (int) source.substring(0, found).chars().filter(c -> c == '\n').count() + 1;
        return of(
                message,
                new Place(bundle.entry(), line, found < lineStart ? 1 : found - lineStart + 1));
    }

    private static String pattern(String name) {
        String quoted = Pattern.quote(name);
        return "(?<![\\w$])(?i:" + quoted + ")(?![\\w$])";
    }

    private static ScriptException of(String message, Place place) {
        return new ScriptException(new ScriptFailure.Syntax(message, Optional.of(place)));
    }
}
