package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.AuditLog.Change;
import io.magicproxy.store.AuditLog.Entry;
import io.magicproxy.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code /admin/audit}: what was changed, by whom, newest first. */
public final class AuditApi implements HttpService {
    private static final List<String> COLUMNS =
            List.of(
                    "id",
                    "at",
                    "who",
                    "address",
                    "request_id",
                    "action",
                    "name",
                    "before",
                    "after",
                    "diff");

    private final AuditLog log;

    public AuditApi(AuditLog log) {
        this.log = log;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list);
    }

    private void list(ServerRequest request, ServerResponse response) {
        AuditQuery query = AuditQuery.of(request.query());
        List<Entry> entries = find(query);
        switch (query.format()) {
            case JSON -> AdminRequests.send(response, json(entries, query.filter().limit()));
            case JSONL ->
                    send(
                            response,
                            "application/x-ndjson",
                            entries.stream()
                                    .map(entry -> Json.text(json(entry)) + "\n")
                                    .collect(Collectors.joining()));
            case CSV -> send(response, "text/csv; charset=utf-8", csv(entries));
        }
    }

    private List<Entry> find(AuditQuery query) {
        try {
            return log.list(query.filter());
        } catch (StoreException e) {
            throw new ApiException(
                    ApiError.of(
                            503,
                            "server_error",
                            "store_unavailable",
                            String.valueOf(e.getMessage())));
        }
    }

    private static void send(ServerResponse response, String type, String text) {
        response.header(HeaderNames.CONTENT_TYPE, type).send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Where a list is full, {@code next} is where to go on. */
    private static ObjectNode json(List<Entry> entries, int limit) {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("entries");
        entries.forEach(entry -> list.add(json(entry)));
        if (entries.size() < limit) {
            answer.putNull("next");
        } else {
            answer.put("next", entries.getLast().id());
        }
        return answer;
    }

    private static ObjectNode json(Entry entry) {
        Change change = entry.change();
        return Json.object()
                .put("id", entry.id())
                .put("at", change.at().toString())
                .put("who", change.who())
                .put("address", change.address())
                .put("request_id", change.requestId())
                .put("action", change.action())
                .put("name", change.name())
                .put("before", change.before())
                .put("after", change.after())
                .put("diff", change.diff());
    }

    private static String csv(List<Entry> entries) {
        return Stream.concat(
                        Stream.of(String.join(",", COLUMNS)),
                        entries.stream()
                                .map(AuditApi::json)
                                .map(row ->
                                        COLUMNS.stream()
                                                .map(column -> cell(row.path(column).asText()))
                                                .collect(Collectors.joining(","))))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    /** A spreadsheet would take a text that begins so for a formula. */
    private static String cell(String text) {
        String plain = text.matches("(?s)[=+\\-@\\t\\r].*") ? "'" + text : text;
        return "\"" + plain.replace("\"", "\"\"") + "\"";
    }
}
