package io.magicproxy.store.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Lines as texts. */
final class UsageJson {
    static final int COUNTS = 11;

    private UsageJson() {}

    static String text(Account account) {
        return Json.text(array(account));
    }

    private static ArrayNode array(Account account) {
        return Json.object()
                .arrayNode()
                .add(account.key())
                .add(account.team())
                .add(account.alias())
                .add(account.profile())
                .add(account.provider())
                .add(account.model())
                .add(account.kind());
    }

    static Account account(String text) {
        return account(read(text));
    }

    private static Account account(JsonNode json) {
        return new Account(
                json.path(0).asText(),
                json.path(1).asText(),
                json.path(2).asText(),
                json.path(3).asText(),
                json.path(4).asText(),
                json.path(5).asText(),
                json.path(6).asText());
    }

    static List<Long> counts(Amount amount) {
        return List.of(
                amount.requests(),
                amount.failed(),
                amount.cached(),
                amount.estimated(),
                amount.unpriced(),
                amount.prompt(),
                amount.completion(),
                amount.cacheRead(),
                amount.cacheWrite(),
                amount.reasoning(),
                amount.picoUsd());
    }

    static Amount amount(long... counts) {
        return new Amount(
                counts[0],
                counts[1],
                counts[2],
                counts[3],
                counts[4],
                counts[5],
                counts[6],
                counts[7],
                counts[8],
                counts[9],
                counts[10]);
    }

    static String text(List<Line> lines) {
        ArrayNode all = Json.object().arrayNode();
        for (Line line : lines) {
            ArrayNode one = all.addArray().add(line.hour().getEpochSecond());
            one.add(array(line.account()));
            counts(line.amount()).forEach(one::add);
        }
        return Json.text(all);
    }

    static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        for (JsonNode one : read(text)) {
            long[] counts = new long[COUNTS];
            for (int i = 0; i < COUNTS; i++) {
                counts[i] = one.path(i + 2).asLong();
            }
            lines.add(
                    new Line(
                            Instant.ofEpochSecond(one.path(0).asLong()),
                            account(one.path(1)),
                            amount(counts)));
        }
        return lines;
    }

    private static JsonNode read(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }
}
