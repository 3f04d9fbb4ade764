package io.magicproxy.pattern.scenario;

import static io.magicproxy.scenario.Written.given;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.Failures;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One run of a scenario.
 *
 * @param asked its calls, in order
 * @param trace the same for people, with steps and events
 * @param differences from what the scenario expects
 */
record ScenarioRun(List<String> asked, End end, List<String> trace, List<Difference> differences) {
    private static final String REPLAY =
            "what a pattern asks may depend on its input and on earlier results only; see \"The same every time\" in docs/patterns.md";

    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(60), Duration.ofMinutes(3), 50_000_000, 4 << 20, 2_000);

    /** How the pattern ended. */
    sealed interface End {
        record Answered(String answer) implements End {}

        record Failed(String code, String message) implements End {}
    }

    static ScenarioRun of(
            ScriptRuntime runtime, PatternScript pattern, Scenario scenario, PatternInput input) {
        try (var calls = new ScenarioCalls(scenario)) {
            End end = end(new PatternRunner(runtime, LIMITS), pattern, input, calls);
            List<Difference> differences = new ArrayList<>(calls.recording().differences());
            if (differences.isEmpty()) {
                differences.addAll(differences(scenario.expect(), end));
                differences.addAll(calls.watched().differences(scenario.expect()));
            }
            List<String> trace = new ArrayList<>(calls.trace().lines());
            trace.add(
                    switch (end) {
                        case End.Answered answered -> "answer " + Trace.head(answered.answer());
                        case End.Failed failed ->
                                "error  " + failed.code() + ": " + Trace.head(failed.message());
                    });
            return new ScenarioRun(calls.recording().asked(), end, trace, differences);
        }
    }

    /** What this run did otherwise than an earlier one of the same scenario. */
    List<Difference> since(ScenarioRun earlier) {
        for (int i = 0; i < Math.max(asked.size(), earlier.asked.size()); i++) {
            String was = i < earlier.asked.size() ? earlier.asked.get(i) : "nothing";
            String is = i < asked.size() ? asked.get(i) : "nothing";
            if (!was.equals(is)) {
                return List.of(
                        Difference.at(
                                        "",
                                        "the second run differs in call "
                                                + (i + 1)
                                                + ", so no replay can work")
                                .but(was, is)
                                .mend(REPLAY));
            }
        }
        if (!end.equals(earlier.end)) {
            return List.of(
                    Difference.at("", "the second run ends otherwise, so no replay can work")
                            .but(earlier.end.toString(), end.toString())
                            .mend(REPLAY));
        }
        return differences;
    }

    private static End end(
            PatternRunner runner, PatternScript pattern, PatternInput input, ScenarioCalls calls) {
        try {
            return new End.Answered(
                    runner.run("scenario", pattern, input, calls, new Cancellation()));
        } catch (CallFailed e) {
            return new End.Failed(e.code(), e.text());
        } catch (ScriptException e) {
            return new End.Failed(code(e.failure()), Failures.text(e.failure()));
        }
    }

    /** The code that a session's error event would have. */
    private static String code(ScriptFailure failure) {
        return switch (failure) {
            case ScriptFailure.Thrown thrown -> thrown.code().orElse("pattern_error");
            case ScriptFailure.Syntax _ -> "pattern_syntax";
            case ScriptFailure.Denied _ -> "sandbox_denied";
            case ScriptFailure.LimitExceeded over ->
                    "sandbox_limit_" + over.limit().name().toLowerCase(Locale.ROOT);
            case ScriptFailure.HostLost _ -> "host_lost";
            case ScriptFailure.Stopped _ -> "stopped";
        };
    }

    private static List<Difference> differences(Scenario.Expected expected, End end) {
        return switch (end) {
            case End.Failed failed when expected.errorCode().equals(Optional.of(failed.code())) ->
                    List.of();
            case End.Failed failed ->
                    List.of(
                            Difference.at(
                                            expected.errorCode().isPresent()
                                                    ? "expect.error_code"
                                                    : "expect",
                                            "it ended with an error")
                                    .but(
                                            expected.errorCode()
                                                    .map(code -> "the error " + code)
                                                    .orElse("an answer"),
                                            failed.code() + ": " + failed.message()));
            case End.Answered answered -> answer(expected, answered.answer());
        };
    }

    private static List<Difference> answer(Scenario.Expected expected, String answer) {
        if (expected.errorCode().isPresent()) {
            return List.of(
                    Difference.at("expect.error_code", "it answered")
                            .but("the error " + expected.errorCode().get(), answer));
        }
        List<Difference> differences = new ArrayList<>();
        String whole = Written.text(expected.answer()).strip();
        if (given(expected.answer()) && !answer.equals(whole)) {
            differences.add(
                    Difference.at("expect.answer", "the answer is another").but(whole, answer));
        }
        for (String text : Written.texts(expected.answerContains())) {
            if (!answer.contains(text)) {
                differences.add(
                        Difference.at("expect.answer_contains", "the answer doesn't hold a text")
                                .but(text, answer));
            }
        }
        return differences;
    }
}
