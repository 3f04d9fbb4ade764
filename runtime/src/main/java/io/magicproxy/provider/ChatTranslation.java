package io.magicproxy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatResponse;
import io.magicproxy.chat.StreamEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One chat request in a vendor's terms, and the way back for its answer. */
public interface ChatTranslation {
    /** Path and query after the target's base, beginning with a slash. */
    String path();

    /** Headers besides key and content type. */
    Map<String, String> headers();

    ObjectNode body();

    /** What of the request had no effect. */
    List<String> notes();

    /** The vendor's whole answer; one that holds an error instead throws. */
    ChatResponse decode(JsonNode reply, ReplyContext context) throws ProviderException;

    StreamDecoder streamDecoder();

    /**
     * What a reply needs that its vendor may not send.
     *
     * @param id for the answer, if the vendor names none
     * @param created seconds since the epoch
     */
    record ReplyContext(String id, long created) {}

    /** Reads the events of one stream, in order. */
    interface StreamDecoder {
        /**
         * Takes one server-sent event.
         *
         * @param event its {@code event:} field, or ""
         * @throws ProviderException if the event is an error
         */
        void accept(String event, JsonNode data, Consumer<StreamEvent> out)
                throws ProviderException;

        /**
         * Whether the vendor's own end mark has been seen: a stream that closes without it was cut.
         */
        boolean finished();
    }
}
