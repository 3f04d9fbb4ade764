package io.magicproxy.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.testing.GoldenCalls.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One request, every provider, both ways, whole and streamed, over real HTTP. A case is a folder in
 * {@code golden/matrix}, or in {@code golden} with the vendor's name and an underscore before its
 * own. Its {@code request.json}, in OpenAI's format, gives either
 *
 * <ul>
 *   <li>{@code <vendor>.refused.json}, the caller's fault that keeps it from being sent; or
 *   <li>{@code <vendor>.request.json}, what is sent, and under {@code streamed} what is otherwise
 *       in it for a stream;
 *   <li>{@code <vendor>.notes.txt}, if a part of it has no effect, and {@code
 *       <vendor>.stream.notes.txt}, if it is another one for a stream;
 *   <li>{@code <vendor>.response.openai.json} from {@code <vendor>.response.json};
 *   <li>{@code <vendor>.stream.openai.sse} from {@code <vendor>.stream.sse}.
 * </ul>
 *
 * The last two are missing where the caller gets the vendor's answer byte for byte.
 */
public abstract class GoldenMatrix {
    public static final InstantSource CLOCK =
            InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private Optional<GoldenCalls> opened = Optional.empty();

    /** As in the names of files. */
    protected abstract String vendor();

    protected abstract Provider provider();

    /** What the model {@code any} stands for. */
    protected abstract String model();

    protected String embeddingModel() {
        return model();
    }

    protected Optional<String> apiVersion() {
        return Optional.empty();
    }

    /** A line's end in the vendor's streams. */
    protected String lineEnd() {
        return "\n";
    }

    @BeforeEach
    void open() {
        opened = Optional.of(new GoldenCalls(provider(), apiVersion()));
    }

    @AfterEach
    void close() {
        opened.ifPresent(GoldenCalls::close);
    }

    @TestFactory
    Stream<DynamicTest> goes_there_and_back_as_recorded() throws IOException {
        List<GoldenCase> everybodys = GoldenCase.matrix();
        assertThat(everybodys).isNotEmpty();
        return Stream.concat(everybodys.stream(), GoldenCase.only(vendor()).stream())
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    }

    private void check(GoldenCase one) throws Exception {
        Path refused = file(one, "refused.json");
        Path sent = file(one, "request.json");
        Exchange whole;
        try {
            whole = whole(one);
        } catch (ProviderException e) {
            assertThat(e.failure().failureClass())
                    .as("%s, with %s.response.json", e.getMessage(), vendor())
                    .isEqualTo(FailureClass.CALLER_FAULT);
            GoldenFiles.check(refused, refusal(e.failure()));
            GoldenFiles.checkAbsent(sent);
            return;
        }
        GoldenFiles.checkAbsent(refused);
        notes(file(one, "notes.txt"), whole.notes());
        if (one.isEmbedding()) {
            GoldenFiles.check(sent, whole.sent());
            return;
        }
        Exchange streamed = streamed(one);
        ObjectNode both = whole.sent().deepCopy();
        both.set("streamed", JsonChanges.between(whole.sent(), streamed.sent()));
        notes(
                file(one, "stream.notes.txt"),
                streamed.notes().equals(whole.notes()) ? List.of() : streamed.notes());
        GoldenFiles.check(sent, both);
    }

    private Exchange whole(GoldenCase one) throws Exception {
        byte[] reply = vendorFile(one, "response.json");
        String model = one.isEmbedding() ? embeddingModel() : model();
        Exchange exchange = calls().whole(one.request(), one.profile(model), reply);
        Path answer = file(one, "response.openai.json");
        if (Arrays.equals(reply, exchange.answer())) {
            GoldenFiles.checkAbsent(answer);
        } else {
            GoldenFiles.check(answer, Json.read(exchange.answer()));
        }
        return exchange;
    }

    private Exchange streamed(GoldenCase one) throws Exception {
        String stream = new String(vendorFile(one, "stream.sse"), UTF_8);
        String[] events =
                Arrays.stream(stream.split("(?<=\n\n)", -1))
                        .filter(event -> !event.isEmpty())
                        .map(event -> event.replace("\n", lineEnd()))
                        .toArray(String[]::new);
        Exchange exchange = calls().streamed(one.streamRequest(), one.profile(model()), events);
        String answer = new String(exchange.answer(), UTF_8);
        Path recorded = file(one, "stream.openai.sse");
        if (stream.equals(answer + "data: [DONE]\n\n")) {
            GoldenFiles.checkAbsent(recorded);
        } else {
            GoldenFiles.check(recorded, answer);
        }
        return exchange;
    }

    /** Nothing where there is none: a request that is refused needs no answer. */
    private byte[] vendorFile(GoldenCase one, String name) throws IOException {
        Path file = file(one, name);
        return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    }

    private static void notes(Path file, List<String> notes) throws IOException {
        if (notes.isEmpty()) {
            GoldenFiles.checkAbsent(file);
        } else {
            GoldenFiles.check(file, String.join("\n", notes) + "\n");
        }
    }

    private static ObjectNode refusal(ProviderFailure failure) {
        return Json.object()
                .put("param", failure.param().orElse(""))
                .put("message", failure.message());
    }

    private Path file(GoldenCase one, String name) {
        return one.file(vendor() + "." + name);
    }

    private GoldenCalls calls() {
        return opened.orElseThrow();
    }
}
