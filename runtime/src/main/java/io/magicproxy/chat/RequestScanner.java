package io.magicproxy.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the top-level members of a JSON object in one pass, without building a tree.
 *
 * <p>The whole text is checked (syntax, UTF-8, depth), so that no provider is called for a body
 * that no provider could read; but only the places of the members are kept.
 */
public final class RequestScanner {
    private final JsonFactory factory;

    public RequestScanner(int maxDepth) {
        this.factory = Json.factory(maxDepth);
    }

    public RequestBody scan(byte[] body) throws MalformedRequestException {
        return new RequestBody(body, members(body, 0, body.length));
    }

    List<Member> members(byte[] json, int offset, int length) throws MalformedRequestException {
        try (JsonParser parser = factory.createParser(json, offset, length)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw new MalformedRequestException(
                        first == null
                                ? "the body is empty; send a JSON object"
                                : "the body must be a JSON object");
            }
            List<Member> members = new ArrayList<>(12);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                members.add(member(parser, members, offset));
            }
            if (parser.nextToken() != null) {
                throw new MalformedRequestException(
                        "there is text after the JSON object" + at(parser));
            }
            return members;
        } catch (JsonProcessingException e) {
            throw new MalformedRequestException(
                    "the body is not valid JSON: " + e.getOriginalMessage() + at(e));
        } catch (IOException e) {
            throw new MalformedRequestException("the body is not valid UTF-8: " + e.getMessage());
        }
    }

    private static Member member(JsonParser parser, List<Member> before, int offset)
            throws IOException, MalformedRequestException {
        String name = parser.currentName();
        for (Member other : before) {
            // Two readers would disagree about which one counts, and one of them could be our
            // filter.
            if (other.name().equals(name)) {
                throw new MalformedRequestException(name, "appears twice" + at(parser));
            }
        }
        JsonToken type = parser.nextToken();
        int start = offset + (int) parser.currentTokenLocation().getByteOffset();
        parser.finishToken();
        parser.skipChildren();
        return new Member(
                name, type, start, offset + (int) parser.currentLocation().getByteOffset());
    }

    private static String at(JsonParser parser) {
        var location = parser.currentTokenLocation();
        return " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static String at(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null
                ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** One top-level member: its value stands at [start, end) of the text. */
    record Member(String name, JsonToken type, int start, int end) {}
}
