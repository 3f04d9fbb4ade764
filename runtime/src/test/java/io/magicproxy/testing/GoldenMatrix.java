package io.magicproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.ChunkWriter;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.ChatTranslation.ReplyContext;
import io.magicproxy.provider.ChatTranslation.StreamDecoder;
import io.magicproxy.provider.ProviderCodec;
import io.magicproxy.provider.ProviderTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One request, every provider, both ways, whole and streamed. A case is a folder in {@code
 * golden/matrix}, or in {@code golden} with the vendor's name and an underscore before its own:
 *
 * <ul>
 *   <li>{@code request.json}, in OpenAI's format, gives {@code <vendor>.request.json} and, if a
 *       part of it has no effect, {@code <vendor>.notes.txt};
 *   <li>{@code <vendor>.response.json}, if it is there, gives {@code
 *       <vendor>.response.openai.json};
 *   <li>{@code <vendor>.stream.sse}, if it is there, gives {@code <vendor>.stream.openai.sse}.
 * </ul>
 */
public abstract class GoldenMatrix {
    private static final Path GOLDEN =
            Path.of(System.getProperty("project.root", ".."), "runtime/src/test/resources/golden");

    private static final ReplyContext CONTEXT = new ReplyContext("chatcmpl-golden", 1_700_000_000);

    /** As in the names of files. */
    protected abstract String vendor();

    protected abstract ProviderCodec codec();

    protected abstract ProviderTarget target();

    @TestFactory
    Stream<DynamicTest> goes_there_and_back_as_recorded() throws IOException {
        List<Path> cases = new ArrayList<>(folders(GOLDEN.resolve("matrix"), ""));
        assertThat(cases).isNotEmpty();
        cases.addAll(folders(GOLDEN, vendor() + "_"));
        return cases.stream()
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> check(folder)));
    }

    private static List<Path> folders(Path parent, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private void check(Path folder) throws Exception {
        ChatTranslation whole = translate(folder, false);
        GoldenFiles.check(file(folder, "request.json"), whole.body());
        Path notes = file(folder, "notes.txt");
        if (whole.notes().isEmpty()) {
            GoldenFiles.checkAbsent(notes);
        } else {
            GoldenFiles.check(notes, String.join("\n", whole.notes()) + "\n");
        }
        Path response = file(folder, "response.json");
        if (Files.exists(response)) {
            ChatResponse answer = whole.decode(GoldenFiles.read(response), CONTEXT);
            GoldenFiles.check(
                    file(folder, "response.openai.json"), Json.read(ResponseWriter.write(answer)));
        }
        Path stream = file(folder, "stream.sse");
        if (Files.exists(stream)) {
            GoldenFiles.check(
                    file(folder, "stream.openai.sse"),
                    streamed(Files.readString(stream), translate(folder, true).streamDecoder()));
        }
    }

    private Path file(Path folder, String name) {
        return folder.resolve(vendor() + "." + name);
    }

    private ChatTranslation translate(Path folder, boolean stream) throws Exception {
        JsonNode request = GoldenFiles.read(folder.resolve("request.json"));
        ChatRequest chat =
                new RequestScanner(Json.MAX_DEPTH).scan(Json.bytes(request)).chat(Json.object());
        return codec().translate(chat, target(), stream);
    }

    private String streamed(String sse, StreamDecoder decoder) throws Exception {
        List<StreamEvent> events = new ArrayList<>();
        String name = "";
        for (String line : sse.lines().toList()) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                assertThat(decoder.finished()).as("finished before %s", line).isFalse();
                decoder.accept(name, Json.read(line.substring("data: ".length())), events::add);
                name = "";
            }
        }
        assertThat(decoder.finished()).isTrue();
        Usage last = new Usage(0, 0, 0, 0, 0);
        for (StreamEvent event : events) {
            last = event instanceof StreamEvent.UsageReport(Usage usage) ? usage : last;
        }
        ChunkWriter writer =
                new ChunkWriter(CONTEXT.id(), target().model(), CONTEXT.created(), true);
        return text(writer.write(events)) + text(writer.writeUsage(last));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
