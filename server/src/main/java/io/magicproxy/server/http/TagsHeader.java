package io.magicproxy.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code x-magic-tags}: what a profile must have to be tried. */
public final class TagsHeader {
    private static final HeaderName NAME = HeaderNames.create("x-magic-tags");

    private TagsHeader() {}

    /** Empty if none are asked for. */
    public static List<String> of(ServerRequest request) {
        Optional<String> header = request.headers().first(NAME);
        return header.isEmpty()
                ? List.of()
                : request.headers().all(NAME, List::of).stream()
                        .flatMap(value -> split(value).stream())
                        .toList();
    }

    /** As people write lists in a header. */
    public static List<String> split(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(t -> !t.isEmpty()).toList();
    }

    /** For what calls models by itself: a demand that it can't keep must not be overheard. */
    public static void refuse(ServerRequest request) {
        if (!of(request).isEmpty()) {
            throw new ApiException(
                    ApiError.invalidRequest(
                            "x-magic-tags holds for models; an agent's pattern calls them by itself, and can't keep to it",
                            Optional.empty()));
        }
    }
}
