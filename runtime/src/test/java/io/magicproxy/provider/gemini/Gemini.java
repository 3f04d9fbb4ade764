package io.magicproxy.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.ResponseWriter;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.ChatTranslation.ReplyContext;
import io.magicproxy.provider.ChatTranslation.StreamDecoder;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Short ways through the codec for tests. */
final class Gemini {
    static final String FLASH_2_5 = "gemini-2.5-flash";
    static final String FLASH_3 = "gemini-3-flash-preview";
    static final ReplyContext CONTEXT = new ReplyContext("chatcmpl-test", 1_700_000_000);

    private Gemini() {}

    static ProviderTarget target(String model) {
        return target(model, GeminiCodec.BASE.toString());
    }

    static ProviderTarget target(String model, String base) {
        return new ProviderTarget("test", model, URI.create(base), Optional.empty(), Json.object());
    }

    static ChatRequest request(String json) {
        try {
            return new RequestScanner(Json.MAX_DEPTH)
                    .scan(json.getBytes(StandardCharsets.UTF_8))
                    .chat(Json.object());
        } catch (MalformedRequestException e) {
            throw new AssertionError(e);
        }
    }

    /** A request with these fields besides one user's message. */
    static String with(String fields) {
        return """
        {"model": "m", "messages": [{"role": "user", "content": "Hi"}], %s}\
        """
                .formatted(fields);
    }

    static String messages(String messages) {
        return "{\"model\": \"m\", \"messages\": [" + messages + "]}";
    }

    static ChatTranslation translate(String json, String model) {
        try {
            return new GeminiCodec().translate(request(json), target(model), false);
        } catch (ProviderException e) {
            throw new AssertionError(e.failure().toString(), e);
        }
    }

    static ObjectNode body(String json) {
        return translate(json, FLASH_2_5).body();
    }

    static ProviderFailure refused(String json) {
        return failure(() -> new GeminiCodec().translate(request(json), target(FLASH_2_5), false));
    }

    static ProviderFailure failure(ThrowingCallable call) {
        ProviderException thrown = catchThrowableOfType(ProviderException.class, call);
        assertThat(thrown).isNotNull();
        return thrown.failure();
    }

    static JsonNode json(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    static ChatResponse decode(String reply) throws ProviderException {
        return translate(with("\"n\": 1"), FLASH_2_5).decode(json(reply), CONTEXT);
    }

    /** The answer as the caller sees it. */
    static JsonNode wire(String reply) throws ProviderException {
        try {
            return Json.read(ResponseWriter.write(decode(reply)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    static StreamDecoder decoder() {
        return translate(with("\"n\": 1"), FLASH_2_5).streamDecoder();
    }

    static List<StreamEvent> stream(StreamDecoder decoder, String... events)
            throws ProviderException {
        List<StreamEvent> out = new ArrayList<>();
        for (String event : events) {
            decoder.accept("", json(event), out::add);
        }
        return out;
    }
}
