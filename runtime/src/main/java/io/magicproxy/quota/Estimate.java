package io.magicproxy.quota;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Cost;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.Route;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What a call may take, before it is made.
 *
 * @param prompt tokens that it will read
 * @param completion tokens that it may write; 0 if it doesn't say
 * @param cost of these in US dollars; empty if no price is known
 * @param promptCost of the first alone
 */
public record Estimate(
        long prompt, long completion, Optional<BigDecimal> cost, Optional<BigDecimal> promptCost) {
    private static final int BYTES_PER_TOKEN = 4;

    /** An image or a file; what providers count for one is between 85 and a few thousand. */
    private static final int TOKENS_PER_ATTACHMENT = 1_000;

    private static final byte[] ATTACHMENT = ";base64,".getBytes(US_ASCII);

    /** Smaller bodies hold no attachment worth a look. */
    private static final int LOOK_FROM = 8 * 1024;

    /** A request that calls no model itself. */
    public static Estimate nothing() {
        return new Estimate(0, 0, Optional.empty(), Optional.empty());
    }

    public static Estimate of(Route route, RequestBody body) {
        long prompt = prompt(body.bytes());
        long completion = completion(body);
        return new Estimate(
                prompt, completion, cost(route, prompt, completion), cost(route, prompt, 0));
    }

    /** Of the first profile whose price is known. */
    private static Optional<BigDecimal> cost(Route route, long prompt, long completion) {
        Usage usage = Usage.guessed(prompt, completion);
        for (Profile profile : route.chain()) {
            Optional<BigDecimal> cost = Cost.of(profile.info(), usage);
            if (cost.isPresent()) {
                return cost;
            }
        }
        return Optional.empty();
    }

    private static long completion(RequestBody body) {
        try {
            Optional<JsonNode> most =
                    body.member("max_completion_tokens").or(() -> member(body, "max_tokens"));
            return most.filter(JsonNode::canConvertToInt).map(JsonNode::asLong).orElse(0L);
        } catch (MalformedRequestException e) {
            return 0;
        }
    }

    private static Optional<JsonNode> member(RequestBody body, String name) {
        try {
            return body.member(name);
        } catch (MalformedRequestException e) {
            return Optional.empty();
        }
    }

    /** Four bytes a token, and a round sum for each attachment, whose bytes are no words. */
    public static long prompt(byte[] body) {
        if (body.length < LOOK_FROM) {
            return body.length / BYTES_PER_TOKEN;
        }
        long text = 0;
        long attachments = 0;
        int at = 0;
        while (at < body.length) {
            if (body[at] == ';' && begins(body, at)) {
                attachments++;
                while (at < body.length && body[at] != '"') {
                    at++;
                }
            } else {
                text++;
                at++;
            }
        }
        return text / BYTES_PER_TOKEN + attachments * TOKENS_PER_ATTACHMENT;
    }

    private static boolean begins(byte[] body, int at) {
        if (at + ATTACHMENT.length > body.length) {
            return false;
        }
        for (int i = 0; i < ATTACHMENT.length; i++) {
            if (body[at + i] != ATTACHMENT[i]) {
                return false;
            }
        }
        return true;
    }
}
