package io.magicproxy.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What keys and teams are given for, in JSON: for the API, and as it is kept. */
public final class TermsJson {
    /** All that a key's terms may have. */
    public static final List<String> KEY_FIELDS =
            List.of("name", "team", "aliases", "expires_at", "limits", "metadata");

    /** All that a team's may. */
    public static final List<String> TEAM_FIELDS = List.of("name", "limits", "metadata");

    /** Names stand in paths, logs and metrics. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final List<String> LIMITS =
            List.of(
                    "requests_per_minute",
                    "tokens_per_minute",
                    "max_concurrent",
                    "budget_per_day",
                    "budget_per_month");
    private static final int MAX_ALIASES = 200;
    private static final int MAX_ALIAS = 200;
    private static final int MAX_NOTES = 16;
    private static final int MAX_NOTE = 500;
    private static final BigDecimal MAX_BUDGET = BigDecimal.valueOf(1_000_000_000);

    private TermsJson() {}

    /** Whether it can name a key or a team. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Reads a key's terms. */
    static Terms terms(ObjectNode json, Instant now) throws BadTermsException {
        return new Terms(
                name(json),
                text(json, "team"),
                aliases(json.path("aliases")),
                expires(json, now),
                limits(json.path("limits")),
                metadata(json.path("metadata")));
    }

    static String name(ObjectNode json) throws BadTermsException {
        String name = text(json, "name").orElse("");
        if (!isName(name)) {
            throw new BadTermsException(
                    "name",
                    "must have 1 to 64 letters, digits, dots, dashes or underscores, and begin with a letter or a digit");
        }
        return name;
    }

    private static Optional<String> text(ObjectNode json, String field) throws BadTermsException {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull() || value.asText().isEmpty()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new BadTermsException(field, "must be a text");
        }
        return Optional.of(value.textValue());
    }

    private static List<String> aliases(JsonNode list) throws BadTermsException {
        if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
            throw new BadTermsException("aliases", "must be a list of names");
        }
        List<String> aliases = new ArrayList<>();
        for (JsonNode one : list) {
            if (!one.isTextual()
                    || one.textValue().isBlank()
                    || one.asText().length() > MAX_ALIAS) {
                throw new BadTermsException("aliases", "must be a list of names");
            }
            aliases.add(one.textValue().strip());
        }
        if (aliases.size() > MAX_ALIASES) {
            throw new BadTermsException("aliases", "can't be more than " + MAX_ALIASES);
        }
        return aliases;
    }

    private static Optional<Instant> expires(ObjectNode json, Instant now)
            throws BadTermsException {
        Optional<String> text = text(json, "expires_at");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> span = Expiry.span(text.get());
        Optional<Instant> at = span.map(now::plus).or(() -> Expiry.point(text.get()));
        if (at.isEmpty()) {
            throw new BadTermsException(
                    "expires_at",
                    "must be a date, a time such as 2027-01-31T12:00:00Z, or a span from now such as 30d");
        }
        return at;
    }

    static Limits limits(JsonNode json) throws BadTermsException {
        if (json.isMissingNode() || json.isNull()) {
            return Limits.none();
        }
        if (!json.isObject()) {
            throw new BadTermsException("limits", "must be an object");
        }
        for (var member : json.properties()) {
            if (!LIMITS.contains(member.getKey())) {
                throw new BadTermsException(
                        "limits." + member.getKey(),
                        "is no limit; there are " + String.join(", ", LIMITS));
            }
        }
        return new Limits(
                count(json, LIMITS.get(0)),
                count(json, LIMITS.get(1)),
                count(json, LIMITS.get(2)),
                budget(json, LIMITS.get(3)),
                budget(json, LIMITS.get(4)));
    }

    private static Optional<Integer> count(JsonNode json, String field) throws BadTermsException {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw new BadTermsException("limits." + field, "must be a whole number from 1");
        }
        return Optional.of(value.intValue());
    }

    private static Optional<BigDecimal> budget(JsonNode json, String field)
            throws BadTermsException {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isNumber()
                || value.decimalValue().signum() < 0
                || value.decimalValue().compareTo(MAX_BUDGET) > 0) {
            throw new BadTermsException("limits." + field, "must be US dollars, from 0");
        }
        return Optional.of(value.decimalValue());
    }

    static Map<String, String> metadata(JsonNode json) throws BadTermsException {
        if (json.isMissingNode() || json.isNull()) {
            return Map.of();
        }
        if (!json.isObject() || json.size() > MAX_NOTES) {
            throw new BadTermsException(
                    "metadata", "must be an object of at most " + MAX_NOTES + " texts");
        }
        Map<String, String> notes = new LinkedHashMap<>();
        for (var member : json.properties()) {
            if (!member.getValue().isTextual()
                    || member.getKey().length() > MAX_NOTE
                    || member.getValue().asText().length() > MAX_NOTE) {
                throw new BadTermsException(
                        "metadata." + member.getKey(),
                        "must be a text of at most " + MAX_NOTE + " characters");
            }
            notes.put(member.getKey(), member.getValue().textValue());
        }
        return notes;
    }

    /** Writes a key's terms. */
    public static ObjectNode json(Terms terms) {
        ObjectNode json = Json.object().put("name", terms.name());
        json.put("team", terms.team().orElse(null));
        var aliases = json.putArray("aliases");
        terms.aliases().forEach(aliases::add);
        json.put("expires_at", terms.expires().map(Instant::toString).orElse(null));
        json.set("limits", json(terms.limits()));
        json.set("metadata", notes(terms.metadata()));
        return json;
    }

    /** Writes a team's. */
    public static ObjectNode json(Team team) {
        ObjectNode json = Json.object().put("name", team.name());
        json.set("limits", json(team.limits()));
        json.set("metadata", notes(team.metadata()));
        return json;
    }

    private static ObjectNode notes(Map<String, String> metadata) {
        ObjectNode json = Json.object();
        metadata.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(note -> json.put(note.getKey(), note.getValue()));
        return json;
    }

    /** All of them; null: not limited. */
    private static ObjectNode json(Limits limits) {
        return Json.object()
                .put(LIMITS.get(0), limits.requestsPerMinute().orElse(null))
                .put(LIMITS.get(1), limits.tokensPerMinute().orElse(null))
                .put(LIMITS.get(2), limits.concurrent().orElse(null))
                .put(LIMITS.get(3), limits.budgetPerDay().orElse(null))
                .put(LIMITS.get(4), limits.budgetPerMonth().orElse(null));
    }
}
