package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.plugin.FolderEditor;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * {@code /admin/patterns/{name}/scenario} and {@code /admin/tools/{name}/scenario}: a script's
 * scenarios, and how they go.
 */
public final class ScenarioApi implements HttpService {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int AT_ONCE = 2;
    private static final int MAX_BYTES = 1024 * 1024;

    private final String kind;
    private final Supplier<PluginRegistry<?>> scripts;
    private final Runner runner;
    private final AdminRequests requests;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** Runs scenarios of a script that needn't be saved. */
    private interface Runner {
        ScenarioReport run(Path file, ScriptBundle bundle, byte[] scenarios);
    }

    private ScenarioApi(
            String kind,
            Supplier<PluginRegistry<?>> scripts,
            Runner runner,
            AdminRequests requests) {
        this.kind = kind;
        this.scripts = scripts;
        this.runner = runner;
        this.requests = requests;
    }

    public static ScenarioApi patterns(ScriptFolders scripts, AdminRequests requests) {
        return new ScenarioApi("pattern", scripts::patterns, scripts.scenarios()::run, requests);
    }

    public static ScenarioApi tools(ScriptFolders scripts, AdminRequests requests) {
        return new ScenarioApi("tool", scripts::tools, scripts.toolScenarios()::run, requests);
    }

    /** Registered where the scripts are, before what takes every path below that. */
    @Override
    public void routing(HttpRules rules) {
        rules.get("/{name}/scenario", this::show).post("/{name}/scenario", this::run);
    }

    private void show(ServerRequest request, ServerResponse response) {
        Path file = file(report(request));
        String text = saved(file).orElseThrow(() -> none(file));
        AdminRequests.send(response, Json.object().put("file", name(file)).put("content", text));
    }

    private void run(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        ObjectNode body = requests.optionalBody(request, "content", "scenario");
        LoadReport report = report(request);
        Optional<String> content = AdminRequests.optionalText(body, "content");
        Optional<String> scenario = AdminRequests.optionalText(body, "scenario");
        Path file = file(report);
        String yaml = scenario.or(() -> saved(file)).orElseThrow(() -> none(file));
        FolderEditor editor = new FolderEditor(registry());
        ScriptBundle bundle = bundle(editor.bundle(report.file(), content));
        if (!places.tryAcquire()) {
            throw new ApiException(
                    ApiError.of(
                                    429,
                                    "rate_limit_error",
                                    "busy",
                                    "as many scenarios run as may; try again")
                            .retryAfter(SOON));
        }
        try {
            AdminRequests.send(
                    response,
                    json(
                            report.name(),
                            runner.run(
                                    Path.of(report.file()),
                                    bundle,
                                    yaml.getBytes(StandardCharsets.UTF_8))));
        } finally {
            places.release();
        }
    }

    private static ScriptBundle bundle(FolderEditor.Bundled bundled) {
        return switch (bundled) {
            case FolderEditor.Bundled.Of(ScriptBundle bundle) -> bundle;
            case FolderEditor.Bundled.Refused(var refused) -> throw ScriptErrors.of(refused);
        };
    }

    private ObjectNode json(String name, ScenarioReport report) {
        ObjectNode json = Json.object().put(kind, name).put("passed", report.passed());
        ArrayNode problems = json.putArray("problems");
        report.problems().forEach(problems::add);
        ArrayNode results = json.putArray("results");
        for (ScenarioReport.Result result : report.results()) {
            ObjectNode each = results.addObject().put("scenario", result.scenario());
            each.put("passed", result.passed());
            ArrayNode trace = each.putArray("trace");
            result.trace().forEach(trace::add);
            ArrayNode differences = each.putArray("differences");
            result.differences()
                    .forEach(difference -> differences.add(String.join("\n", difference.lines())));
        }
        return json;
    }

    // ------------------------------------------------------------------ what it names

    private PluginRegistry<?> registry() {
        return scripts.get();
    }

    private LoadReport report(ServerRequest request) {
        String name = request.path().pathParameters().get("name");
        var reports = registry().reports();
        return Optional.ofNullable(reports.get(name))
                .orElseThrow(() ->
                        new ApiException(
                                ApiError.notFound(
                                        "there is no "
                                                + kind
                                                + " \""
                                                + name
                                                + "\""
                                                + DidYouMean.hint(name, reports.keySet()))));
    }

    private Path file(LoadReport report) {
        return registry().folder().resolve(report.name() + ".scenario.yaml");
    }

    private Optional<String> saved(Path file) {
        try {
            boolean ours =
                    Files.isRegularFile(file)
                            && file.toRealPath().startsWith(registry().folder().toRealPath())
                            && Files.size(file) <= MAX_BYTES;
            return ours ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new ApiException(
                    ApiError.of(
                            409,
                            "invalid_request_error",
                            "file_not_readable",
                            name(file)
                                    + " can't be read ("
                                    + e.getClass().getSimpleName()
                                    + "); it must be UTF-8 text"));
        }
    }

    private ApiException none(Path file) {
        return new ApiException(
                ApiError.notFound(
                        "there are no scenarios; write "
                                + name(file)
                                + " beside the %s, or send them as \"scenario\"; docs/%ss.md explains them"
                                        .formatted(kind, kind)));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
