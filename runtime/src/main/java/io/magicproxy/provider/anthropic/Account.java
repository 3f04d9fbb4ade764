package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** For whom the answer is, and how urgent. */
record Account(List<String> notes) {
    /** Anthropic answers 400 for a user id that tells who somebody is. */
    private static final Pattern PERSONAL =
            Pattern.compile(".+@.+\\..+|\\+?[\\d\\s()./-]*\\d[\\d\\s()./-]{6,}");

    void write(Extras extras, ObjectNode body) throws ProviderException {
        user(extras, body);
        Optional<JsonNode> tier = extras.take("service_tier");
        tier.ifPresent(t -> serviceTier(Wire.text(t), body));
    }

    private void user(Extras extras, ObjectNode body) throws ProviderException {
        Optional<JsonNode> metadata = extras.take("metadata");
        Optional<JsonNode> user = extras.take("user");
        if (metadata.isPresent() && !metadata.get().isObject()) {
            throw Faults.caller("metadata", "must be an object");
        }
        String id = metadata.map(m -> Wire.text(m, "user_id")).orElse("");
        if (metadata.isPresent() && metadata.get().size() > (id.isEmpty() ? 0 : 1)) {
            notes.add("metadata: anthropic reads its user_id only");
        }
        if (!id.isEmpty()) {
            body.putObject("metadata").put("user_id", id);
        } else if (user.isPresent() && PERSONAL.matcher(Wire.text(user.get())).matches()) {
            notes.add("user: anthropic refuses mail addresses and telephone numbers; not sent");
        } else if (user.isPresent() && !Wire.text(user.get()).isEmpty()) {
            body.putObject("metadata").put("user_id", Wire.text(user.get()));
        }
    }

    /** OpenAI's names; {@code auto} is what Anthropic does unasked. */
    private void serviceTier(String tier, ObjectNode body) {
        switch (tier) {
            case "auto", "priority" -> body.put("service_tier", "auto");
            case "default", "standard_only" -> body.put("service_tier", "standard_only");
            default -> notes.add("service_tier " + tier + " has no effect on anthropic");
        }
    }
}
