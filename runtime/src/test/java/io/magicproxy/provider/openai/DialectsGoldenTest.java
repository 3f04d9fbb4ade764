package io.magicproxy.provider.openai;

import static io.magicproxy.testing.GoldenMatrix.CLOCK;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Provider;
import io.magicproxy.testing.GoldenCalls;
import io.magicproxy.testing.GoldenCalls.Profile;
import io.magicproxy.testing.GoldenCase;
import io.magicproxy.testing.GoldenFiles;
import io.magicproxy.testing.JsonChanges;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What each other dialect is sent otherwise than OpenAI: {@code dialects.request.json} in each case
 * of the matrix, {@code whole} and {@code streamed}, in merge patches. What they answer goes
 * through as OpenAI's does.
 */
class DialectsGoldenTest {
    private static final String MODEL = "gpt-5.1";
    private static final byte[] NOTHING = "{}".getBytes(UTF_8);

    @TestFactory
    Stream<DynamicTest> is_sent_as_recorded() throws IOException {
        return GoldenCase.matrix().stream()
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    }

    private static void check(GoldenCase one) throws Exception {
        ObjectNode openai = sent(one, Named.provider("openai", CLOCK));
        ObjectNode all = Json.object();
        for (String id :
                List.of("mistral", "deepseek", "groq", "together", "openrouter", "local")) {
            all.set(id, JsonChanges.between(openai, sent(one, Named.provider(id, CLOCK))));
        }
        GoldenFiles.check(one.file("dialects.request.json"), all);
    }

    private static ObjectNode sent(GoldenCase one, Provider provider) throws Exception {
        Profile profile = one.profile(MODEL);
        ObjectNode sent = Json.object();
        try (var calls = new GoldenCalls(provider, Optional.empty())) {
            sent.set("whole", calls.whole(one.request(), profile, NOTHING).sent());
            if (!one.isEmbedding()) {
                sent.set(
                        "streamed",
                        calls.streamed(one.streamRequest(), profile, "data: [DONE]\n\n").sent());
            }
        }
        return sent;
    }
}
