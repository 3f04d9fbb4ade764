package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.server.sessions.SessionAnswers;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Question;
import io.magicproxy.store.UsageStore.Sum;
import io.magicproxy.usage.UsageLog;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** {@code /admin/usage}: who has used what, and what it cost. */
public final class UsageApi implements HttpService {
    private static final int PICO_DIGITS = 12;

    private final UsageLog log;
    private final InstantSource clock;

    public UsageApi(UsageLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::show);
    }

    private void show(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        UsageQuery query = UsageQuery.of(request.query(), clock.instant());
        List<Sum> sums = sums(query.question());
        if (query.csv()) {
            response.header(HeaderNames.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
                    .header(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"usage.csv\"")
                    .send(UsageCsv.of(query.question().by(), sums));
        } else {
            AdminRequests.send(response, json(query.question(), sums));
        }
    }

    private List<Sum> sums(Question question) {
        try {
            return log.sums(question);
        } catch (StoreException e) {
            throw SessionAnswers.unavailable(e);
        }
    }

    private static ObjectNode json(Question question, List<Sum> sums) {
        ObjectNode answer =
                Json.object()
                        .put("from", question.from().toString())
                        .put("to", question.to().toString());
        ArrayNode rows = answer.putArray("rows");
        Amount total = Amount.NONE;
        for (Sum sum : sums) {
            ObjectNode row = rows.addObject();
            for (int i = 0; i < sum.of().size(); i++) {
                row.put(question.by().get(i).wire(), sum.of().get(i));
            }
            row.setAll(json(sum.amount()));
            total = total.plus(sum.amount());
        }
        answer.set("total", json(total));
        return answer;
    }

    private static ObjectNode json(Amount amount) {
        return Json.object()
                .put("requests", amount.requests())
                .put("failed", amount.failed())
                .put("cached", amount.cached())
                .put("prompt_tokens", amount.prompt())
                .put("completion_tokens", amount.completion())
                .put("cache_read_tokens", amount.cacheRead())
                .put("cache_write_tokens", amount.cacheWrite())
                .put("reasoning_tokens", amount.reasoning())
                .put("estimated", amount.estimated())
                .put("unpriced", amount.unpriced())
                .put("cost_usd", usd(amount));
    }

    static BigDecimal usd(Amount amount) {
        BigDecimal usd = BigDecimal.valueOf(amount.picoUsd(), PICO_DIGITS).stripTrailingZeros();
        return usd.scale() < 0 ? usd.setScale(0) : usd;
    }

    /** The names of the counts, in their order. */
    static List<String> columns() {
        return List.copyOf(json(Amount.NONE).propertyStream().map(Map.Entry::getKey).toList());
    }

    static List<String> cells(Amount amount) {
        return json(amount).propertyStream().map(count -> count.getValue().asText()).toList();
    }
}
