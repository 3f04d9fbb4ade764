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
import io.magicproxy.quota.KeyDesk;
import io.magicproxy.quota.KeyDesk.Outcome;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.TermsJson;
import io.magicproxy.quota.VirtualKey;
import io.magicproxy.store.StoreException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** {@code /admin/virtual_keys}: keys for people and programs. A secret is told once. */
public final class VirtualKeysApi implements HttpService {
    private static final String PATH = "/admin/virtual_keys";
    private static final String[] FIELDS = TermsJson.KEY_FIELDS.toArray(String[]::new);

    private final Quota quota;
    private final KeyDesk desk;
    private final QuotaJson json;
    private final AdminRequests requests;
    private final Audit audit;
    private final BooleanSupplier masterKey;
    private final InstantSource clock;

    /**
     * @param masterKey whether there is one: without it no key counts
     */
    public VirtualKeysApi(
            Quota quota,
            AdminRequests requests,
            Audit audit,
            BooleanSupplier masterKey,
            InstantSource clock) {
        this.quota = quota;
        this.desk = quota.keys().keyDesk();
        this.json = new QuotaJson(quota);
        this.requests = requests;
        this.audit = audit;
        this.masterKey = masterKey;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", QuotaErrors.stored(this::list))
                .post("/", QuotaErrors.stored(this::create))
                .get("/{id}", QuotaErrors.stored(this::show))
                .put("/{id}", QuotaErrors.stored(this::change))
                .delete("/{id}", QuotaErrors.stored(this::delete))
                .post("/{id}/rotate", QuotaErrors.stored(this::rotate))
                .post("/{id}/revoke", QuotaErrors.stored(this::revoke));
    }

    private void list(ServerRequest request, ServerResponse response) throws StoreException {
        ObjectNode answer = Json.object();
        ArrayNode all = answer.putArray("virtual_keys");
        for (VirtualKey key : quota.keys().keys()) {
            all.add(json.key(key, clock.instant()));
        }
        answer.put("master_key", masterKey.getAsBoolean());
        AdminRequests.send(response, answer);
    }

    private void show(ServerRequest request, ServerResponse response) throws StoreException {
        VirtualKey key =
                quota.keys().key(id(request)).orElseThrow(() -> QuotaErrors.unknown("key", PATH));
        send(response, key, Optional.empty());
    }

    private void create(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        if (!masterKey.getAsBoolean()) {
            throw QuotaErrors.conflict(
                    "master_key_needed",
                    "without security_settings.master_key everybody is let in, whatever key they show; set one first");
        }
        Optional<Outcome.Done> made = done(response, desk.create(requests.body(request, FIELDS)));
        if (made.isPresent()) {
            response.status(Status.CREATED_201);
            answer(response, "create", made.get());
        }
    }

    private void change(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = requests.body(request, FIELDS);
        answer(response, "change", desk.change(id(request), body, QuotaErrors.needed(request)));
    }

    private void rotate(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = requests.optionalBody(request, "grace");
        String grace = AdminRequests.optionalText(body, "grace").orElse("");
        answer(response, "rotate", desk.rotate(id(request), grace, QuotaErrors.version(request)));
    }

    private void revoke(ServerRequest request, ServerResponse response) throws StoreException {
        answer(response, "revoke", desk.revoke(id(request), QuotaErrors.version(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) throws StoreException {
        Optional<Outcome.Done> done =
                done(response, desk.delete(id(request), QuotaErrors.needed(request)));
        if (done.isPresent()) {
            quota.forget(done.get().key());
            changed("delete", done.get());
            response.status(Status.NO_CONTENT_204).send();
        }
    }

    private void answer(ServerResponse response, String what, Outcome outcome)
            throws StoreException {
        Optional<Outcome.Done> done = done(response, outcome);
        if (done.isPresent()) {
            changed(what, done.get());
            send(response, done.get().key(), done.get().secret());
        }
    }

    private void changed(String what, Outcome.Done done) {
        VirtualKey key = done.key();
        audit.changed("virtual_key." + what, key.id() + " " + key.terms().name());
    }

    /** Empty if somebody else was quicker, which is answered then. */
    private static Optional<Outcome.Done> done(ServerResponse response, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Optional.of(done);
            case Outcome.Unknown _ -> throw QuotaErrors.unknown("key", PATH);
            case Outcome.Invalid(String field, String message) ->
                    throw QuotaErrors.invalid(field, message);
            case Outcome.ReadOnly _ -> throw QuotaErrors.readOnly("security_settings.virtual_keys");
            case Outcome.Stale(long version) -> {
                QuotaErrors.stale(response, version);
                yield Optional.empty();
            }
            case Outcome.Conflict(String message) ->
                    throw QuotaErrors.conflict("conflict", message);
        };
    }

    private void send(ServerResponse response, VirtualKey key, Optional<String> secret)
            throws StoreException {
        AdminRequests.tag(response, Long.toString(key.version()));
        ObjectNode answer = json.key(key, clock.instant());
        secret.ifPresent(told -> answer.put("key", told));
        AdminRequests.send(response, answer);
    }

    private static String id(ServerRequest request) {
        return request.path().pathParameters().get("id");
    }
}
