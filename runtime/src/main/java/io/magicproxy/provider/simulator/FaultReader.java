package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Option;
import io.magicproxy.config.Problems;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Reads {@code faults}: one mapping or a list of them, in the file and over HTTP alike. */
public final class FaultReader {
    private FaultReader() {}

    /** What came of a text. */
    public sealed interface Result {
        record Read(List<Fault> faults) implements Result {}

        record Wrong(List<ConfigProblem> problems) implements Result {}
    }

    /** Around the faults, so that problems have the path that a writer knows. */
    record Holder(@Option("What goes wrong on purpose.") List<Fault> faults) {}

    static void check(ConfigNode faults, Problems problems) {
        var _ = ConfigReader.list(faults, Fault.class, problems);
        fits(faults, problems);
    }

    public static Result read(JsonNode faults) {
        ObjectNode holder = Json.object().set("faults", faults);
        // Nothing of the environment: whoever may send a fault may not ask for a variable's value.
        ConfigReader.Result<Holder> read =
                new ConfigReader(Environment.of(Map.of()))
                        .read(
                                Json.bytes(holder),
                                Holder.class,
                                (Holder _, Mapping root, Problems problems) ->
                                        root.get("faults").ifPresent(at -> fits(at, problems)));
        return switch (read) {
            case ConfigReader.Result.Loaded<Holder>(Holder config, var _) ->
                    new Result.Read(config.faults());
            case ConfigReader.Result.Invalid<Holder>(var problems) -> new Result.Wrong(problems);
        };
    }

    /** As it would be written. */
    public static ArrayNode json(List<Fault> faults) {
        ArrayNode all = Json.object().arrayNode();
        for (Fault fault : faults) {
            ObjectNode json = all.addObject();
            fault.failure().ifPresent(v -> json.put("failure", v));
            fault.retryAfter().ifPresent(v -> json.put("retry_after", v.toMillis() + "ms"));
            fault.firstTokenDelay()
                    .ifPresent(v -> json.put("first_token_delay", v.toMillis() + "ms"));
            fault.tokensPerSecond().ifPresent(v -> json.put("tokens_per_second", v));
            fault.cutAfterTokens().ifPresent(v -> json.put("cut_after_tokens", v));
            fault.every().ifPresent(v -> json.put("every", v));
            fault.probability().ifPresent(v -> json.put("probability", v));
            fault.seed().ifPresent(v -> json.put("seed", v));
        }
        return all;
    }

    /** What each fault must get right beyond its values' types. */
    private static void fits(ConfigNode node, Problems problems) {
        List<ConfigNode> items = node instanceof Sequence s ? s.items() : List.of(node);
        for (ConfigNode item : items) {
            if (item instanceof Mapping fault) {
                fits(fault, problems);
            } else if (item.isNull() && node instanceof Sequence) {
                problems.error(item, "must be a mapping, not nothing");
            }
        }
    }

    private static void fits(Mapping fault, Problems problems) {
        if (fault.entries().keySet().stream().noneMatch(Fault.EFFECTS::contains)) {
            problems.error(fault, "does nothing; name one of " + String.join(", ", Fault.EFFECTS));
        }
        fault.get("failure").ifPresent(at -> failure(at, problems));
        fault.get("probability").ifPresent(at -> probability(at, problems));
        needs(fault, "retry_after", "failure", problems);
        needs(fault, "seed", "probability", problems);
        if (fault.get("probability").isPresent()) {
            fault.get("every")
                    .ifPresent(at ->
                            problems.error(at, "stands beside probability; keep one of the two"));
        }
    }

    private static void needs(Mapping fault, String key, String other, Problems problems) {
        if (fault.get(other).isEmpty()) {
            fault.get(key)
                    .ifPresent(at ->
                            problems.error(at, "has no effect without " + other + "; add it"));
        }
    }

    private static void failure(ConfigNode at, Problems problems) {
        if (at instanceof Scalar s && !s.text().isBlank() && Failure.named(s.text()).isEmpty()) {
            problems.unknown(
                    at,
                    "no failure "
                            + at.describe()
                            + "; there are "
                            + String.join(", ", Failure.names()),
                    s.text(),
                    Failure.names());
        }
    }

    private static void probability(ConfigNode at, Problems problems) {
        if (at instanceof Scalar s && s.kind() == ConfigNode.Kind.NUMBER && !isShare(s.text())) {
            problems.error(at, "must be from 0 to 1");
        }
    }

    private static boolean isShare(String text) {
        try {
            BigDecimal share = new BigDecimal(text);
            return share.signum() >= 0 && share.compareTo(BigDecimal.ONE) <= 0;
        } catch (NumberFormatException e) {
            return true; // said already
        }
    }
}
