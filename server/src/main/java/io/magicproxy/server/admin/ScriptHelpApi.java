package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.ScriptFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** {@code /admin/templates} and {@code /admin/typings}: for whoever writes a script. */
public final class ScriptHelpApi implements HttpService {
    private static final Map<String, String> TYPINGS =
            Map.of("magic-proxy.d.ts", "javascript", "magic_proxy.pyi", "python");

    private final ScriptFolders scripts;
    private final Path home;

    /**
     * @param home where the program stands, whose folders have typings, too
     */
    public ScriptHelpApi(ScriptFolders scripts, Path home) {
        this.scripts = scripts;
        this.home = home;
    }

    /** Registered at {@code /admin}. */
    @Override
    public void routing(HttpRules rules) {
        rules.get("/templates", (_, response) -> AdminRequests.send(response, templates()))
                .get("/typings", (_, response) -> AdminRequests.send(response, typings()));
    }

    private static ObjectNode templates() {
        ObjectNode answer = Json.object();
        ArrayNode templates = answer.putArray("templates");
        for (Template template : Template.all()) {
            templates
                    .addObject()
                    .put("id", template.id())
                    .put("kind", template.kind())
                    .put("language", template.language())
                    .put("file", template.file())
                    .put("title", template.title())
                    .put("description", template.description())
                    .put("content", template.content());
        }
        return answer;
    }

    private ObjectNode typings() {
        ObjectNode answer = Json.object();
        ArrayNode typings = answer.putArray("typings");
        add(typings, "pattern", scripts.patterns().folder(), home.resolve("patterns"));
        add(typings, "tool", scripts.tools().folder(), home.resolve("tools"));
        return answer;
    }

    private static void add(ArrayNode typings, String kind, Path folder, Path shipped) {
        TYPINGS.forEach((file, language) ->
                Stream.of(folder, shipped)
                        .map(each -> each.resolve(file))
                        .filter(Files::isRegularFile)
                        .findFirst()
                        .ifPresent(found ->
                                typings.addObject()
                                        .put("kind", kind)
                                        .put("language", language)
                                        .put("file", file)
                                        .put("content", text(found))));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the typings can't be read", e);
        }
    }
}
