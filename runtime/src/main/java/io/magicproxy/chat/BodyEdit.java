package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.magicproxy.chat.RequestScanner.Member;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON object with some members set, renamed or left out, and the bytes of all others as they
 * were.
 */
public final class BodyEdit {
    private final byte[] source;
    private final List<Part> parts;

    BodyEdit(byte[] source, List<Member> members) {
        this.source = source;
        this.parts = new ArrayList<>(members.size() + 4);
        for (Member member : members) {
            parts.add(new Part(member.name(), source, member.start(), member.end()));
        }
    }

    public boolean has(String name) {
        return index(name) >= 0;
    }

    /** Sets a member to a JSON text, in its place if it stands already. */
    public BodyEdit set(String name, byte[] json) {
        Part part = new Part(name, json, 0, json.length);
        int at = index(name);
        if (at < 0) {
            parts.add(part);
        } else {
            parts.set(at, part);
        }
        return this;
    }

    public BodyEdit setIfAbsent(String name, byte[] json) {
        return has(name) ? this : set(name, json);
    }

    public BodyEdit remove(String name) {
        int at = index(name);
        if (at >= 0) {
            parts.remove(at);
        }
        return this;
    }

    /**
     * Gives a member another name; if a member of that name stands already, it wins and this one
     * goes.
     */
    public BodyEdit rename(String from, String to) {
        int at = index(from);
        if (at < 0) {
            return this;
        }
        if (has(to)) {
            parts.remove(at);
        } else {
            Part old = parts.get(at);
            parts.set(at, new Part(to, old.json, old.start, old.end));
        }
        return this;
    }

    public byte[] toBytes() {
        var out = new ByteArrayOutputStream(source.length + 128);
        char separator = '{';
        for (Part part : parts) {
            out.write(separator);
            out.writeBytes(quoted(part.name));
            out.write(':');
            out.write(part.json, part.start, part.end - part.start);
            separator = ',';
        }
        if (parts.isEmpty()) {
            out.write('{');
        }
        out.write('}');
        return out.toByteArray();
    }

    private static byte[] quoted(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                return Json.bytes(TextNode.valueOf(name));
            }
        }
        return ('"' + name + '"').getBytes(StandardCharsets.US_ASCII);
    }

    private int index(String name) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).name.equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private record Part(String name, byte[] json, int start, int end) {}
}
