package io.magicproxy.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A configuration's text without the secrets that are written in it. A reference to the environment
 * is none, and stays.
 */
public final class ConfigSecrets {
    private static final String MASK = "***";
    private static final Environment AS_WRITTEN = name -> Optional.of("${" + name + "}");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[A-Za-z_][A-Za-z0-9_]*}");

    /** What is called so holds one; a price "per token" doesn't. */
    private static final Pattern NAME =
            Pattern.compile(
                    "(?i)(?:.*[^a-z])?(?:key|(?<!per.)token|secret|password|passwd|authorization|credentials?|cookie)");

    /** All that stands in these does. */
    private static final Set<String> FOLDERS = Set.of("headers", "env");

    /** One that was taken out of use by a "#". */
    private static final Pattern COMMENTED =
            Pattern.compile(
                    "(?im)^(.*#.*?(?:key|token|secret|password|authorization)[\"']?\\s*:\\s*)(?!os\\.environ/|\\$\\{)\\S.*$");

    /** Shorter ones are masked only where they stand: elsewhere they may be a mere word. */
    private static final int TELLING = 6;

    private static final int TO_THE_END = Integer.MAX_VALUE;
    private static final Pattern WORDS = Pattern.compile("\\s+");

    private final Set<String> texts = new HashSet<>();
    private final Set<Place> places =
            new TreeSet<>(
                    Comparator.comparingInt(Place::line)
                            .thenComparing(Place::column, Comparator.reverseOrder()));

    private ConfigSecrets() {}

    /** Nothing if it can't be told what of the text is secret, since it isn't YAML. */
    public static Optional<String> masked(String yaml) {
        List<Mapping> roots = new ArrayList<>();
        new ConfigReader(AS_WRITTEN)
                .read(yaml.getBytes(UTF_8), GatewayConfig.class, (_, root, _) -> roots.add(root));
        return roots.stream()
                .findFirst()
                .map(root -> {
                    var secrets = new ConfigSecrets();
                    secrets.collect(root, false);
                    return secrets.mask(yaml);
                });
    }

    private void collect(ConfigNode node, boolean secret) {
        switch (node) {
            case Mapping mapping ->
                    mapping.entries()
                            .forEach((name, entry) ->
                                    collect(
                                            entry.value(),
                                            secret
                                                    || FOLDERS.contains(name)
                                                    || (entry.value() instanceof Scalar
                                                            && NAME.matcher(name).matches())));
            case Sequence sequence -> sequence.items().forEach(item -> collect(item, secret));
            case Scalar scalar when secret && !scalar.isNull() -> found(scalar);
            case Scalar _ -> {
                // Anybody may see it.
            }
        }
    }

    private void found(Scalar scalar) {
        if (REFERENCE.matcher(scalar.text()).matches()) {
            return;
        }
        Place at = scalar.place();
        boolean longer = scalar.text().length() > at.endColumn() - at.column();
        // Of one that goes over several lines only the beginning is known.
        places.add(longer ? new Place(at.line(), at.column(), TO_THE_END) : at);
        WORDS.splitAsStream(scalar.text())
                .filter(word -> word.length() >= TELLING)
                .forEach(texts::add);
    }

    private String mask(String yaml) {
        List<String> lines = new ArrayList<>(Arrays.asList(yaml.split("\n", -1)));
        // From the right, so that the places to the left stay where they are.
        for (Place place : places) {
            int line = place.line() - 1;
            lines.set(line, without(lines.get(line), place));
        }
        String masked = String.join("\n", lines);
        for (String text : texts) {
            masked = masked.replace(text, MASK);
        }
        return COMMENTED.matcher(masked).replaceAll("$1" + MASK);
    }

    private static String without(String line, Place place) {
        int length = line.codePointCount(0, line.length());
        int from = line.offsetByCodePoints(0, Math.min(place.column() - 1, length));
        int to = line.offsetByCodePoints(0, Math.min(place.endColumn() - 1, length));
        return line.substring(0, from) + MASK + line.substring(to);
    }
}
