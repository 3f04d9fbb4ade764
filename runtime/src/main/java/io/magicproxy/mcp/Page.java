package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list. Large: not every client asks for the next one.
 *
 * @param next the cursor of the next part, if there is one
 */
record Page<T>(List<T> items, Optional<String> next) {
    private static final int SIZE = 500;

    static <T> Page<T> of(List<T> all, JsonNode cursor) {
        int from = cursor.isMissingNode() || cursor.isNull() ? 0 : place(cursor.asText());
        if (from < 0 || from > all.size()) {
            throw Method.invalid(
                    "the cursor is none of this list; ask without one for its beginning");
        }
        int to = Math.min(from + SIZE, all.size());
        return new Page<>(
                all.subList(from, to),
                to < all.size() ? Optional.of(cursor(to)) : Optional.empty());
    }

    private static String cursor(int place) {
        return Base64.getUrlEncoder()
                .encodeToString(Integer.toString(place).getBytes(StandardCharsets.US_ASCII));
    }

    /** -1 for what is no cursor. */
    private static int place(String cursor) {
        try {
            byte[] text = Base64.getUrlDecoder().decode(cursor);
            return Integer.parseInt(new String(text, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
