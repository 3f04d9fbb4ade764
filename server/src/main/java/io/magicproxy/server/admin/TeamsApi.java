package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.Team;
import io.magicproxy.quota.TeamDesk;
import io.magicproxy.quota.TeamDesk.Outcome;
import io.magicproxy.quota.TermsJson;
import io.magicproxy.store.StoreException;
import java.util.Optional;

/** {@code /admin/teams}: groups of virtual keys that share limits. */
public final class TeamsApi implements HttpService {
    private static final String PATH = "/admin/teams";
    private static final String[] FIELDS = TermsJson.TEAM_FIELDS.toArray(String[]::new);

    private final Quota quota;
    private final TeamDesk desk;
    private final QuotaJson json;
    private final AdminRequests requests;
    private final Audit audit;

    public TeamsApi(Quota quota, AdminRequests requests, Audit audit) {
        this.quota = quota;
        this.desk = quota.keys().teamDesk();
        this.json = new QuotaJson(quota);
        this.requests = requests;
        this.audit = audit;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", QuotaErrors.stored(this::list))
                .post("/", QuotaErrors.stored(this::create))
                .get("/{name}", QuotaErrors.stored(this::show))
                .put("/{name}", QuotaErrors.stored(this::change))
                .delete("/{name}", QuotaErrors.stored(this::delete));
    }

    private void list(ServerRequest request, ServerResponse response) throws StoreException {
        ObjectNode answer = Json.object();
        ArrayNode all = answer.putArray("teams");
        for (Team team : quota.keys().teams()) {
            all.add(json.team(team));
        }
        AdminRequests.send(response, answer);
    }

    private void show(ServerRequest request, ServerResponse response) throws StoreException {
        send(
                response,
                quota.keys()
                        .team(name(request))
                        .orElseThrow(() -> QuotaErrors.unknown("team", PATH)));
    }

    private void create(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        Optional<Team> team = done(response, "create", desk.create(requests.body(request, FIELDS)));
        if (team.isPresent()) {
            response.status(Status.CREATED_201);
            send(response, team.get());
        }
    }

    private void change(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = requests.body(request, FIELDS);
        Optional<Team> team =
                done(
                        response,
                        "change",
                        desk.change(name(request), body, QuotaErrors.needed(request)));
        if (team.isPresent()) {
            send(response, team.get());
        }
    }

    private void delete(ServerRequest request, ServerResponse response) throws StoreException {
        Optional<Team> team =
                done(response, "delete", desk.delete(name(request), QuotaErrors.needed(request)));
        if (team.isPresent()) {
            quota.forget(team.get());
            response.status(Status.NO_CONTENT_204).send();
        }
    }

    /** Empty if somebody else was quicker, which is answered then. */
    private Optional<Team> done(ServerResponse response, String what, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done(Team team) -> {
                audit.changed("team." + what, team.name());
                yield Optional.of(team);
            }
            case Outcome.Unknown _ -> throw QuotaErrors.unknown("team", PATH);
            case Outcome.Invalid(String field, String message) ->
                    throw QuotaErrors.invalid(field, message);
            case Outcome.ReadOnly _ -> throw QuotaErrors.readOnly("security_settings.teams");
            case Outcome.Stale(long version) -> {
                QuotaErrors.stale(response, version);
                yield Optional.empty();
            }
            case Outcome.Conflict(String message) ->
                    throw QuotaErrors.conflict("conflict", message);
        };
    }

    private void send(ServerResponse response, Team team) throws StoreException {
        AdminRequests.tag(response, Long.toString(team.version()));
        AdminRequests.send(response, json.team(team));
    }

    private static String name(ServerRequest request) {
        return request.path().pathParameters().get("name");
    }
}
