package io.magicproxy.pattern.scenario;

import static io.magicproxy.pattern.scenario.Scenario.given;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.Failures;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
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
 * @param problems what differs from what the scenario expects
 */
record ScenarioRun(List<String> asked, End end, List<String> problems) {
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
            List<String> problems = new ArrayList<>(calls.recording().problems());
            if (problems.isEmpty()) {
                problems.addAll(problems(scenario.expect(), end));
                problems.addAll(calls.watched().problems(scenario.expect()));
            }
            return new ScenarioRun(calls.recording().asked(), end, problems);
        }
    }

    /** What this run did otherwise than an earlier one of the same scenario. */
    List<String> differences(ScenarioRun earlier) {
        for (int i = 0; i < Math.max(asked.size(), earlier.asked.size()); i++) {
            String was = i < earlier.asked.size() ? earlier.asked.get(i) : "nothing";
            String is = i < asked.size() ? asked.get(i) : "nothing";
            if (!was.equals(is)) {
                return List.of(
                        "the second run differs, so no replay can work: call "
                                + (i + 1)
                                + " was "
                                + was
                                + ", and now is "
                                + is);
            }
        }
        if (!end.equals(earlier.end)) {
            return List.of("the second run ended with " + end + ", the first with " + earlier.end);
        }
        return problems;
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

    private static List<String> problems(Scenario.Expected expected, End end) {
        return switch (end) {
            case End.Failed failed -> {
                boolean wanted = expected.errorCode().equals(Optional.of(failed.code()));
                yield wanted
                        ? List.of()
                        : List.of(
                                "it ended with the error "
                                        + failed.code()
                                        + ": "
                                        + failed.message()
                                        + expected.errorCode()
                                                .map(code -> "; expected was " + code)
                                                .orElse(""));
            }
            case End.Answered answered -> answer(expected, answered.answer());
        };
    }

    private static List<String> answer(Scenario.Expected expected, String answer) {
        if (expected.errorCode().isPresent()) {
            return List.of(
                    "it answered \""
                            + answer
                            + "\"; expected was the error "
                            + expected.errorCode().get());
        }
        List<String> problems = new ArrayList<>();
        if (given(expected.answer()) && !answer.equals(Scenario.text(expected.answer()).strip())) {
            problems.add(
                    "the answer is \""
                            + answer
                            + "\", expected \""
                            + expected.answer().asText()
                            + "\"");
        }
        for (String text : Scenario.texts(expected.answerContains())) {
            if (!answer.contains(text)) {
                problems.add("the answer doesn't hold \"" + text + "\"; it is \"" + answer + "\"");
            }
        }
        return problems;
    }
}
