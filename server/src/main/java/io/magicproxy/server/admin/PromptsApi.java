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
import io.magicproxy.gateway.TextFolders;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.prompt.TextEditor;
import io.magicproxy.prompt.TextEditor.Outcome;
import io.magicproxy.prompt.TextFile;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.store.SavedFiles.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code /admin/prompts} and {@code /admin/prompt_content}: system prompts and manifests. */
public final class PromptsApi implements HttpService {
    private static final String CONTENT = "content";
    private static final String PATH = "path";

    private final Map<String, TextEditor> folders = new LinkedHashMap<>();
    private final AdminRequests requests;
    private final Audit audit;

    /**
     * @param sharing tells other gateways what is changed
     */
    public PromptsApi(
            TextFolders texts,
            AdminRequests requests,
            Audit audit,
            Function<Kind, Sharing> sharing) {
        folders.put("prompts", new TextEditor(texts.prompts(), sharing.apply(Kind.PROMPT)));
        folders.put("manifests", new TextEditor(texts.manifests(), sharing.apply(Kind.MANIFEST)));
        this.requests = requests;
        this.audit = audit;
    }

    /** Registered at {@code /admin}. */
    @Override
    public void routing(HttpRules rules) {
        rules.get("/prompts", (_, response) -> list(response))
                .get("/prompt_content", this::show)
                .put("/prompt_content", this::save)
                .delete("/prompt_content", this::delete);
    }

    private void list(ServerResponse response) {
        ObjectNode answer = Json.object();
        folders.forEach((kind, folder) -> {
            ArrayNode texts = answer.putArray(kind);
            folder.list().forEach(entry -> texts.add(entry(kind, entry)));
        });
        AdminRequests.send(response, answer);
    }

    private static ObjectNode entry(String kind, TextEditor.Entry entry) {
        ObjectNode json = Json.object().put(PATH, kind + "/" + entry.file());
        json.put("name", entry.file());
        json.put("title", entry.text().map(TextFile::title).orElse(entry.file()));
        json.put("description", entry.text().flatMap(t -> t.header().description()).orElse(""));
        json.put("size", entry.size()).put("modified", entry.modified().toString());
        json.put("version", entry.version());
        entry.problem().ifPresent(problem -> json.put("problem", problem));
        return json;
    }

    private void show(ServerRequest request, ServerResponse response) {
        Named named = named(request);
        answer(response, named, named.folder().read(named.file()));
    }

    private void save(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        Named named = named(request);
        String content = AdminRequests.text(requests.body(request, CONTENT), CONTENT);
        Outcome seen = named.folder().read(named.file());
        Outcome outcome =
                named.folder().save(named.file(), content, AdminRequests.ifMatch(request));
        if (outcome instanceof Outcome.Saved(var before, var now)) {
            audit.changed(
                    "prompt.save",
                    named.path(),
                    replaced(seen, before.orElse("")),
                    Audit.Side.of(now.version(), now.content()));
        }
        answer(response, named, outcome);
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Named named = named(request);
        Optional<String> expected = AdminRequests.ifMatch(request);
        Outcome seen = named.folder().read(named.file());
        Outcome outcome = named.folder().delete(named.file(), expected);
        if (outcome instanceof Outcome.Deleted(String before)) {
            audit.changed("prompt.delete", named.path(), replaced(seen, before), Audit.Side.none());
        }
        answer(response, named, outcome);
    }

    /** What was replaced, unless somebody else was quicker to replace what was seen. */
    private static Audit.Side replaced(Outcome seen, String version) {
        if (version.isEmpty()) {
            return Audit.Side.none();
        }
        return seen instanceof Outcome.Read(var content) && content.version().equals(version)
                ? Audit.Side.of(version, content.content())
                : Audit.Side.of(version);
    }

    private void answer(ServerResponse response, Named named, Outcome outcome) {
        switch (outcome) {
            case Outcome.Read(var content) -> send(response, named, content);
            case Outcome.Saved(var before, var now) -> {
                response.status(before.isEmpty() ? Status.CREATED_201 : Status.OK_200);
                send(response, named, now);
            }
            case Outcome.Deleted _ -> response.status(Status.NO_CONTENT_204).send();
            case Outcome.Invalid(var problems) -> {
                ObjectNode more = Json.object();
                more.set("problems", ProblemJson.all(problems));
                AdminRequests.send(
                        response,
                        ProblemJson.error("invalid_prompt", named.file(), problems),
                        more);
            }
            case Outcome.Refused(TextEditor.Refusal why, String message, var version) -> {
                if (why == TextEditor.Refusal.STALE) {
                    AdminRequests.stale(response, message, version.orElse(""));
                } else {
                    throw refused(why, message);
                }
            }
        }
    }

    private static ApiException refused(TextEditor.Refusal why, String message) {
        String type = "invalid_request_error";
        return new ApiException(
                switch (why) {
                    case BAD_NAME -> ApiError.invalidRequest(message, Optional.of(PATH));
                    case BAD_TEXT -> ApiError.invalidRequest(message, Optional.of(CONTENT));
                    case NOT_FOUND -> ApiError.notFound(message);
                    case NO_PRECONDITION ->
                            ApiError.of(428, type, "precondition_required", message);
                    case STALE -> ApiError.of(412, type, "precondition_failed", message);
                    case NOT_WRITABLE -> ApiError.of(409, type, "folder_not_writable", message);
                });
    }

    private static void send(ServerResponse response, Named named, TextEditor.Content content) {
        AdminRequests.tag(response, content.version());
        AdminRequests.send(
                response,
                Json.object()
                        .put(PATH, named.path())
                        .put(CONTENT, content.content())
                        .put("version", content.version()));
    }

    /** A file of one of the folders. */
    private record Named(String path, TextEditor folder, String file) {}

    private Named named(ServerRequest request) {
        String path =
                request.query()
                        .first(PATH)
                        .asOptional()
                        .orElseThrow(() -> badPath("?path= is missing"));
        int slash = path.indexOf('/');
        String kind = slash < 0 ? path : path.substring(0, slash);
        TextEditor folder = folders.get(kind);
        if (slash < 0 || folder == null) {
            throw badPath(
                    "a path is prompts/<file> or manifests/<file>; GET /admin/prompts lists them");
        }
        return new Named(path, folder, path.substring(slash + 1));
    }

    private static ApiException badPath(String message) {
        return new ApiException(ApiError.invalidRequest(message, Optional.of(PATH)));
    }
}
