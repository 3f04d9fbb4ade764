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
import io.magicproxy.config.DidYouMean;
import io.magicproxy.plugin.FolderEditor;
import io.magicproxy.plugin.FolderEditor.Outcome;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.ScriptFile;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.sandbox.Language;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code /admin/patterns} and {@code /admin/tools}: what serves, what doesn't load and why, every
 * version; files can be written, deleted and rolled back.
 *
 * <p>A plugin is named without its file's ending ({@code plan}), a file with it ({@code plan.js},
 * {@code lib/words.py}).
 */
public final class ScriptsApi<T> implements HttpService {
    private static final String VERSIONS = "versions";
    private static final String VALIDATE = "/validate";
    private static final String CONTENT = "content";

    private final Supplier<PluginRegistry<T>> registry;
    private final ScriptJson<T> json;
    private final AdminRequests requests;
    private final Audit audit;
    private final Sharing sharing;

    /**
     * @param registry waits until it is loaded
     * @param sharing tells other gateways what is changed
     */
    public ScriptsApi(
            Supplier<PluginRegistry<T>> registry,
            ScriptJson<T> json,
            AdminRequests requests,
            Audit audit,
            Sharing sharing) {
        this.registry = registry;
        this.json = json;
        this.requests = requests;
        this.audit = audit;
        this.sharing = sharing;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", (_, response) -> send(response, json.list(registry.get())))
                .get("/{name}/" + VERSIONS, this::versions)
                .get("/{name}/" + VERSIONS + "/{version}", this::version)
                .post("/{name}/rollback", this::rollBack)
                .post("/{+path}", this::validate)
                .get("/{+path}", this::show)
                .put("/{+path}", this::save)
                .delete("/{+path}", this::delete);
    }

    // ------------------------------------------------------------------ reading

    private void show(ServerRequest request, ServerResponse response) {
        send(response, path(request));
    }

    /** What stands at the path now, with its version as the entity tag. */
    private void send(ServerResponse response, String path) {
        if (Language.of(path).isPresent()) {
            ScriptFile file = file(path);
            tag(response, file);
            send(response, json.file(file));
        } else {
            Optional<ScriptFile> file = own(path);
            file.ifPresent(f -> tag(response, f));
            send(response, json.plugin(registry.get(), known(path), file));
        }
    }

    private void versions(ServerRequest request, ServerResponse response) {
        String name = known(parameter(request, "name"));
        ObjectNode answer = Json.object().put("name", name);
        answer.set(VERSIONS, json.versions(registry.get(), name));
        send(response, answer);
    }

    private void version(ServerRequest request, ServerResponse response) {
        String name = parameter(request, "name");
        String version = parameter(request, "version");
        send(
                response,
                registry.get()
                        .sources(name, version)
                        .map(sources -> json.sources(name, sources))
                        .orElseThrow(() ->
                                new ApiException(
                                        ApiError.notFound(
                                                "there is no such version; GET "
                                                        + request.path()
                                                                .path()
                                                                .replaceFirst("/[^/]*$", "")
                                                        + " lists them"))));
    }

    // ------------------------------------------------------------------ changing

    private void save(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String asked = path(request);
        String path =
                Language.of(asked).isPresent()
                        ? asked
                        : own(asked).orElseThrow(() -> unnamed(asked)).path();
        String content = AdminRequests.text(requests.body(request, CONTENT), CONTENT);
        Audit.Side before = side(path);
        Outcome outcome = editor().save(path, content, AdminRequests.ifMatch(request));
        if (done(response, path, outcome).isPresent()) {
            boolean fresh = before.version().isEmpty();
            audit.changed(json.kind() + ".save", path, before, side(path));
            response.status(fresh ? Status.CREATED_201 : Status.OK_200);
            send(response, asked);
        }
    }

    private void delete(ServerRequest request, ServerResponse response) {
        String asked = path(request);
        String path =
                Language.of(asked).isPresent()
                        ? asked
                        : own(asked).orElseThrow(() -> nobody(asked)).path();
        Audit.Side before = side(path);
        Optional<Outcome.Done> done =
                done(response, path, editor().delete(path, AdminRequests.ifMatch(request)));
        if (done.isPresent()) {
            audit.changed(json.kind() + ".delete", path, before, Audit.Side.none());
            response.status(Status.NO_CONTENT_204).send();
        }
    }

    private void rollBack(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String name = parameter(request, "name");
        ObjectNode body = requests.body(request, "version", "helpers");
        if (!body.path("version").isTextual()) {
            throw new MalformedRequestException("version", "must be the hash of a version");
        }
        String path = own(name).map(ScriptFile::path).orElse("");
        Audit.Side before = side(path);
        Outcome outcome =
                editor().rollBack(
                                name,
                                body.path("version").textValue(),
                                AdminRequests.ifMatch(request),
                                body.path("helpers").asBoolean(false));
        if (done(response, path, outcome).isPresent()) {
            String file = own(name).map(ScriptFile::path).orElse(path);
            audit.changed(json.kind() + ".rollback", name, before, side(file));
            send(response, name);
        }
    }

    /** Nothing if it isn't done; then the answer is sent, or an error thrown. */
    private Optional<Outcome.Done> done(ServerResponse response, String path, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Optional.of(done);
            case Outcome.Refused(var why, String message)
                    when why == FolderEditor.Refusal.STALE -> {
                AdminRequests.stale(response, message, version(path));
                yield Optional.empty();
            }
            case Outcome.Refused refused -> throw ScriptErrors.of(refused);
            case Outcome.Invalid invalid -> {
                response.status(AdminRequests.UNPROCESSABLE);
                send(response, ScriptErrors.json(invalid.failures()));
                yield Optional.empty();
            }
        };
    }

    private FolderEditor editor() {
        return new FolderEditor(registry.get(), sharing);
    }

    /** {@code …/validate}, of a name or of a file's path. */
    private void validate(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String asked = path(request);
        if (!asked.endsWith(VALIDATE)) {
            response.next();
            return;
        }
        String named = asked.substring(0, asked.length() - VALIDATE.length());
        String path =
                Language.of(named).isPresent()
                        ? named
                        : own(named).orElseThrow(() -> unnamed(named)).path();
        String content = AdminRequests.text(requests.body(request, CONTENT), CONTENT);
        switch (editor().check(path, content)) {
            case Outcome.Refused refused -> throw ScriptErrors.of(refused);
            case Outcome.Done _ ->
                    send(response, verdict(true, Json.object().putArray("problems")));
            case Outcome.Invalid(var failures) ->
                    send(response, verdict(false, ScriptErrors.problems(failures)));
        }
    }

    private static ObjectNode verdict(boolean valid, ArrayNode problems) {
        ObjectNode answer = Json.object().put("valid", valid);
        answer.set("problems", problems);
        return answer;
    }

    // ------------------------------------------------------------------ the request

    private static String path(ServerRequest request) {
        return parameter(request, "path");
    }

    private static String parameter(ServerRequest request, String name) {
        return request.path().pathParameters().get(name);
    }

    // ------------------------------------------------------------------ what it names

    /** Of a file now; "" if there is none. */
    private String version(String path) {
        return registry.get().file(path).map(ScriptFile::version).orElse("");
    }

    private Audit.Side side(String path) {
        return registry.get()
                .file(path)
                .map(file -> Audit.Side.of(file.version(), file.text()))
                .orElseGet(Audit.Side::none);
    }

    /** The plugin's own file. */
    private Optional<ScriptFile> own(String name) {
        return Optional.ofNullable(registry.get().reports().get(name))
                .map(LoadReport::file)
                .flatMap(registry.get()::file);
    }

    private ScriptFile file(String path) {
        return registry.get()
                .file(path)
                .orElseThrow(() ->
                        new ApiException(
                                ApiError.notFound(
                                        "there is no file \""
                                                + path
                                                + "\""
                                                + DidYouMean.hint(
                                                        path,
                                                        registry.get().files().stream()
                                                                .map(ScriptFile::path)
                                                                .toList()))));
    }

    /** One that has a file, or once had. */
    private String known(String name) {
        if (!registry.get().reports().containsKey(name) && registry.get().history(name).isEmpty()) {
            throw nobody(name);
        }
        return name;
    }

    private ApiException nobody(String name) {
        return new ApiException(
                ApiError.notFound(
                        "there is no "
                                + json.kind()
                                + " \""
                                + name
                                + "\""
                                + DidYouMean.hint(name, registry.get().reports().keySet())));
    }

    private ApiException unnamed(String name) {
        return new ApiException(
                ApiError.notFound(
                        "there is no "
                                + json.kind()
                                + " \""
                                + name
                                + "\""
                                + "; to make one, name its file: "
                                + name
                                + ".js, .mjs or .py"));
    }

    private static void tag(ServerResponse response, ScriptFile file) {
        AdminRequests.tag(response, file.version());
    }

    private static void send(ServerResponse response, ObjectNode body) {
        AdminRequests.send(response, body);
    }
}
