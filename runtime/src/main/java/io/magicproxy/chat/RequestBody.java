package io.magicproxy.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.RequestScanner.Member;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as its caller wrote it, in OpenAI's JSON: scanned once, and parsed only for a provider
 * that speaks another language.
 *
 * <p>Belongs to one request and to one thread at a time.
 */
public final class RequestBody {
    private final byte[] bytes;
    private final List<Member> members;

    RequestBody(byte[] bytes, List<Member> members) {
        this.bytes = bytes;
        this.members = members;
    }

    /** The text as it came. Not a copy: nobody may change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** The alias or profile that the caller asks for. */
    public String model() throws MalformedRequestException {
        Member model = find("model");
        if (model == null || model.type() != JsonToken.VALUE_STRING) {
            throw new MalformedRequestException(
                    "model", "must be a string: the name of an alias, see GET /v1/models");
        }
        String name = tree(model).textValue();
        if (name.isEmpty()) {
            throw new MalformedRequestException(
                    "model", "must not be empty; GET /v1/models lists the names");
        }
        return name;
    }

    public boolean stream() throws MalformedRequestException {
        Member stream = find("stream");
        if (stream == null
                || stream.type() == JsonToken.VALUE_NULL
                || stream.type() == JsonToken.VALUE_FALSE) {
            return false;
        }
        if (stream.type() == JsonToken.VALUE_TRUE) {
            return true;
        }
        throw new MalformedRequestException("stream", "must be true or false");
    }

    /** Whether the caller wants the stream's last chunk to carry the usage. */
    public boolean includeUsage() throws MalformedRequestException {
        Optional<JsonNode> options = member("stream_options");
        return options.isPresent() && options.get().path("include_usage").asBoolean(false);
    }

    public boolean has(String name) {
        return find(name) != null;
    }

    public boolean isArray(String name) {
        Member member = find(name);
        return member != null && member.type() == JsonToken.START_ARRAY;
    }

    public Optional<JsonNode> member(String name) throws MalformedRequestException {
        Member member = find(name);
        return member == null ? Optional.empty() : Optional.of(tree(member));
    }

    /** The whole request as a tree of the caller's own. */
    public ObjectNode json() throws MalformedRequestException {
        return (ObjectNode) parse(0, bytes.length);
    }

    /**
     * The request in the house's own types.
     *
     * @param defaults fields to add where the caller names none
     */
    public ChatRequest chat(ObjectNode defaults) throws MalformedRequestException {
        ObjectNode request = json();
        defaults.properties().forEach(e -> request.putIfAbsent(e.getKey(), e.getValue()));
        return ChatRequestReader.read(request);
    }

    /** Starts a new text in which every member that isn't named keeps its bytes. */
    public BodyEdit edit() {
        return new BodyEdit(bytes, members);
    }

    private @Nullable Member find(String name) {
        for (Member member : members) {
            if (member.name().equals(name)) {
                return member;
            }
        }
        return null;
    }

    private JsonNode tree(Member member) throws MalformedRequestException {
        return parse(member.start(), member.end() - member.start());
    }

    private JsonNode parse(int offset, int length) throws MalformedRequestException {
        try {
            return Json.read(bytes, offset, length);
        } catch (JsonProcessingException e) {
            throw new MalformedRequestException(
                    "the body cannot be read: " + e.getOriginalMessage());
        }
    }

    @Override
    public String toString() {
        return "RequestBody[" + bytes.length + " bytes]";
    }
}
