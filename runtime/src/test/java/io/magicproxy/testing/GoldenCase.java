package io.magicproxy.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with one request in OpenAI's format.
 *
 * <p>{@code request.json} names the model {@code any}, unless it is about one of a vendor's; {@code
 * profile.json}, if there is one, holds the profile's parameters.
 */
public record GoldenCase(Path folder) {
    private static final Path GOLDEN =
            Path.of(System.getProperty("project.root", ".."), "runtime/src/test/resources/golden");

    /** The cases for everybody. */
    public static List<GoldenCase> matrix() throws IOException {
        return folders(GOLDEN.resolve("matrix"), "");
    }

    /** The cases about what only this vendor has. */
    public static List<GoldenCase> only(String vendor) throws IOException {
        return folders(GOLDEN, vendor + "_");
    }

    private static List<GoldenCase> folders(Path parent, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .map(GoldenCase::new)
                    .toList();
        }
    }

    public String name() {
        return folder.getFileName().toString();
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public ObjectNode request() throws IOException {
        return (ObjectNode) GoldenFiles.read(file("request.json"));
    }

    public boolean isEmbedding() throws IOException {
        return request().has("input");
    }

    /** The request for a stream that tells its usage, unless it has stream options of its own. */
    public ObjectNode streamRequest() throws IOException {
        ObjectNode request = request().put("stream", true);
        if (!request.has("stream_options")) {
            request.putObject("stream_options").put("include_usage", true);
        }
        return request;
    }

    /** The profile with this model, if the request is not about another one. */
    public GoldenCalls.Profile profile(String any) throws IOException {
        String model = request().path("model").asText();
        JsonNode parameters =
                Files.exists(file("profile.json"))
                        ? GoldenFiles.read(file("profile.json"))
                        : Json.object();
        return new GoldenCalls.Profile(model.equals("any") ? any : model, (ObjectNode) parameters);
    }
}
