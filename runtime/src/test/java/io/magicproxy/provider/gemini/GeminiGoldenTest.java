package io.magicproxy.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatTranslation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What only Gemini has, both ways, as files in {@code golden/gemini_…}: {@code request.json} gives
 * {@code gemini.request.json}; {@code gemini.response.json} gives {@code
 * gemini.response.openai.json}; {@code gemini.stream.sse} gives {@code gemini.stream.openai.sse}.
 * Compared with the order of fields. After a change that is meant, {@code -Dgolden.write=true}
 * writes them anew, for the diff to be read.
 */
class GeminiGoldenTest {
    private static final Path ROOT =
            Path.of(System.getProperty("project.root", ".."), "runtime/src/test/resources/golden");

    static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(ROOT)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("gemini_"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goes_to_gemini_and_back_as_recorded(String name) throws Exception {
        Path folder = ROOT.resolve(name);
        ObjectNode request =
                (ObjectNode) Json.read(Files.readAllBytes(folder.resolve("request.json")));
        if (request.has("input")) {
            embedding(folder, request);
        } else {
            chat(folder, request);
        }
    }

    private static void embedding(Path folder, ObjectNode request) throws Exception {
        var translation =
                new GeminiCodec()
                        .translateEmbedding(request, Gemini.target(request.path("model").asText()));
        compare(folder.resolve("gemini.request.json"), translation.body());
        JsonNode reply = Json.read(Files.readAllBytes(folder.resolve("gemini.response.json")));
        compare(folder.resolve("gemini.response.openai.json"), translation.decode(reply));
    }

    private static void chat(Path folder, ObjectNode request) throws Exception {
        ChatTranslation translation =
                new GeminiCodec()
                        .translate(
                                new RequestScanner(Json.MAX_DEPTH)
                                        .scan(Json.bytes(request))
                                        .chat(Json.object()),
                                Gemini.target(request.path("model").asText()),
                                false);
        compare(folder.resolve("gemini.request.json"), translation.body());
        Path response = folder.resolve("gemini.response.json");
        if (Files.exists(response)) {
            byte[] answer =
                    ResponseWriter.write(
                            translation.decode(
                                    Json.read(Files.readAllBytes(response)), Gemini.CONTEXT));
            compare(folder.resolve("gemini.response.openai.json"), Json.read(answer));
        }
        Path stream = folder.resolve("gemini.stream.sse");
        if (Files.exists(stream)) {
            compare(
                    folder.resolve("gemini.stream.openai.sse"),
                    streamed(Files.readString(stream), translation.streamDecoder()));
        }
    }

    private static String streamed(String sse, ChatTranslation.StreamDecoder decoder)
            throws Exception {
        List<StreamEvent> events = new ArrayList<>();
        for (String line : sse.lines().toList()) {
            if (line.startsWith("data: ")) {
                decoder.accept("", Json.read(line.substring(6)), events::add);
            }
        }
        assertThat(decoder.finished()).isTrue();
        Usage last = new Usage(0, 0, 0, 0, 0);
        for (StreamEvent event : events) {
            last = event instanceof StreamEvent.UsageReport(Usage usage) ? usage : last;
        }
        ChunkWriter writer =
                new ChunkWriter(Gemini.CONTEXT.id(), "gemini", Gemini.CONTEXT.created(), true);
        return new String(writer.write(events), StandardCharsets.UTF_8)
                + new String(writer.writeUsage(last), StandardCharsets.UTF_8);
    }

    private static void compare(Path file, JsonNode actual) throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(
                    file,
                    JsonMapper.builder()
                                    .build()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(actual)
                            + "\n");
        }
        // As text, for the order of fields and the digits of numbers.
        assertThat(Json.text(actual)).isEqualTo(Json.text(Json.read(Files.readAllBytes(file))));
    }

    private static void compare(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
