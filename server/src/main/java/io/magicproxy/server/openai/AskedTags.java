package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.ServerRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.routing.Route;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.TagsHeader;
import io.magicproxy.server.http.Texts;
import java.util.ArrayList;
import java.util.List;

/**
 * The tags that a request asks for, and what is left of its route: by {@code x-magic-tags}, and by
 * {@code metadata.tags} as LiteLLM's users write it.
 */
record AskedTags(Route route, RequestBody body) {
    private static final String METADATA = "metadata";
    private static final String TAGS = "tags";

    static AskedTags of(
            ServerRequest request, Route route, RequestBody body, RequestScanner scanner)
            throws MalformedRequestException {
        List<String> asked = TagsHeader.of(request);
        // Without tags of ours, those in the metadata are for others, such as a log.
        if (!route.hasTags() || !body.has(METADATA)) {
            return asked.isEmpty()
                    ? new AskedTags(route, body)
                    : new AskedTags(narrowed(route, asked), body);
        }
        JsonNode metadata = body.member(METADATA).orElseGet(Json::object);
        List<String> all = new ArrayList<>(asked);
        all.addAll(listed(metadata.path(TAGS)));
        return new AskedTags(
                all.isEmpty() ? route : narrowed(route, all), sent(body, metadata, scanner));
    }

    private static List<String> listed(JsonNode tags) {
        if (tags.isTextual()) {
            return TagsHeader.split(tags.textValue());
        }
        List<String> list = new ArrayList<>();
        tags.forEach(tag -> list.add(tag.asText()));
        return list;
    }

    /** Providers take texts in the metadata, and refuse a list. */
    private static RequestBody sent(RequestBody body, JsonNode metadata, RequestScanner scanner)
            throws MalformedRequestException {
        if (!(metadata instanceof ObjectNode object) || !metadata.path(TAGS).isArray()) {
            return body;
        }
        object.remove(TAGS);
        return scanner.scan(
                (object.isEmpty()
                                ? body.edit().remove(METADATA)
                                : body.edit().set(METADATA, Json.bytes(object)))
                        .toBytes());
    }

    private static Route narrowed(Route route, List<String> asked) {
        return route.tagged(asked).orElseThrow(() -> new ApiException(none(route, asked)));
    }

    private static ApiError none(Route route, List<String> asked) {
        String there =
                route.hasTags()
                        ? "its tags: " + String.join(", ", route.tags())
                        : "its profiles have no tags";
        return ApiError.of(
                404,
                "invalid_request_error",
                "no_such_tags",
                "no profile of \""
                        + route.name()
                        + "\" has "
                        + (asked.size() == 1 ? "the tag " : "all of the tags ")
                        + Texts.printable(String.join(", ", asked))
                        + "; "
                        + there);
    }
}
