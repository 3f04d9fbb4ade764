package io.magicproxy.provider.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import java.io.IOException;
import java.util.Optional;

/** Reads what the house must know of a whole answer, in one pass, and leaves its bytes alone. */
final class ReplyScan {
    private static final ObjectReader READER = Json.reader();

    private ReplyScan() {}

    /**
     * The answer's usage. Text that is no JSON object, or holds an error instead of an answer, is a
     * failure.
     */
    static Optional<Usage> usage(byte[] body) throws ProviderException {
        try (JsonParser parser = READER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unreadable("it is no JSON object");
            }
            Optional<Usage> usage = Optional.empty();
            for (String field = parser.nextFieldName();
                    field != null;
                    field = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT && field.equals("usage")) {
                    usage = Optional.of(Usage.fromWire(READER.<JsonNode>readTree(parser)));
                } else if (value != JsonToken.VALUE_NULL && field.equals("error")) {
                    throw new ProviderException(OpenAiErrors.inBand(READER.readTree(parser)));
                } else if (field.equals("object") && parser.getText().equals("error")) {
                    throw new ProviderException(OpenAiErrors.inBand(Json.read(body)));
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw unreadable("it ends too early");
            }
            return usage;
        } catch (JsonProcessingException e) {
            throw unreadable(e.getOriginalMessage());
        } catch (IOException | NumberFormatException e) {
            throw unreadable("a value is out of range");
        }
    }

    private static ProviderException unreadable(String why) {
        return Faults.transientAnswer("the provider's answer can't be read: " + why);
    }
}
