package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.Wire;

/**
 * The sources of a text: those on the web as OpenAI's {@code annotations}, and all of them as
 * Anthropic told them.
 */
record Citations(ArrayNode annotations, ArrayNode citations) {

    /**
     * @param start where the cited text begins in the whole answer
     */
    static Citations of(JsonNode told, int start, int end) {
        ArrayNode annotations = JsonNodeFactory.instance.arrayNode();
        ArrayNode citations = JsonNodeFactory.instance.arrayNode();
        for (JsonNode citation : told.isArray() ? told : citations) {
            citations.add(citation);
            String url = Wire.text(citation, "url");
            if (!url.isEmpty()) {
                ObjectNode annotation = annotations.addObject().put("type", "url_citation");
                annotation
                        .putObject("url_citation")
                        .put("start_index", start)
                        .put("end_index", end)
                        .put("url", url)
                        .put("title", Wire.text(citation, "title"));
            }
        }
        return new Citations(annotations, citations);
    }

    void into(ObjectNode fields) {
        if (!annotations.isEmpty()) {
            fields.set("annotations", annotations);
        }
        if (!citations.isEmpty()) {
            fields.set("citations", citations);
        }
    }
}
