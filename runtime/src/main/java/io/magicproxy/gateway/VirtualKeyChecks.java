package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.config.SecretRef;
import io.magicproxy.quota.TermsJson;
import io.magicproxy.quota.VirtualKeyConfig;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What must hold for keys and teams that the file declares. */
final class VirtualKeyChecks {
    private static final String NAME_RULE =
            "must have 1 to 64 letters, digits, dots, dashes or underscores, and begin with a letter or a digit";
    private static final int MIN_SECRET = 16;

    private final SecurityConfig security;
    private final Problems problems;
    private final Set<String> secrets = new HashSet<>();

    VirtualKeyChecks(SecurityConfig security, Problems problems) {
        this.security = security;
        this.problems = problems;
    }

    void run(Mapping root) {
        ConfigNode section = root.get("security_settings").orElse(root);
        Set<String> teams = new HashSet<>();
        for (int i = 0; i < security.teams().size(); i++) {
            name(at(section, "teams", i, "name"), security.teams().get(i).name(), teams);
        }
        if (!security.virtualKeys().isEmpty() && security.masterKey().isEmpty()) {
            problems.error(
                    at(section, "virtual_keys"),
                    "need a master_key beside them: without one everybody is let in, whatever key they show");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < security.virtualKeys().size(); i++) {
            VirtualKeyConfig key = security.virtualKeys().get(i);
            name(at(section, "virtual_keys", i, "name"), key.name(), names);
            secret(at(section, "virtual_keys", i, "key"), key);
            ConfigNode team = at(section, "virtual_keys", i, "team");
            key.team()
                    .filter(named -> !teams.contains(named))
                    .ifPresent(named ->
                            problems.unknown(
                                    team, "no team in security_settings.teams", named, teams));
            ConfigNode expires = at(section, "virtual_keys", i, "expires");
            key.expires()
                    .filter(text -> VirtualKeyConfig.time(text).isEmpty())
                    .ifPresent(text ->
                            problems.error(
                                    expires,
                                    "must be a date, or a time such as 2027-01-31T12:00:00Z"));
        }
    }

    private void name(ConfigNode at, String name, Set<String> taken) {
        if (name.isEmpty()) {
            return; // missing, which is told already
        }
        if (!TermsJson.isName(name)) {
            problems.error(at, NAME_RULE);
        } else if (!taken.add(name)) {
            problems.error(at, "names two; rename one");
        }
    }

    private void secret(ConfigNode at, VirtualKeyConfig key) {
        Optional<String> secret = key.key().flatMap(SecretRef::value);
        if (secret.isEmpty()) {
            problems.error(
                    at,
                    key.key()
                            .flatMap(SecretRef::variable)
                            .map(name -> "set " + name + ", or remove the key")
                            .orElse("needs its secret: key: os.environ/NAME"));
        } else if (secret.get().length() < MIN_SECRET) {
            problems.error(
                    at,
                    "is too short to be a secret: at least "
                            + MIN_SECRET
                            + " characters; `openssl rand -hex 32` makes one");
        } else if (secret.equals(security.masterKey().flatMap(SecretRef::value))) {
            problems.error(at, "is the master_key; give it a secret of its own");
        } else if (!secrets.add(secret.get())) {
            problems.error(at, "is the secret of another key; give it one of its own");
        }
    }

    private static ConfigNode at(ConfigNode section, String list) {
        return section instanceof Mapping mapping ? mapping.get(list).orElse(section) : section;
    }

    /** Where a field is written, or the nearest place above it. */
    private static ConfigNode at(ConfigNode section, String list, int index, String field) {
        ConfigNode node = at(section, list);
        if (node instanceof Sequence sequence && index < sequence.items().size()) {
            ConfigNode item = sequence.items().get(index);
            return item instanceof Mapping mapping ? mapping.get(field).orElse(item) : item;
        }
        return node;
    }
}
