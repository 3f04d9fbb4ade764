package io.magicproxy.cache;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.JsonReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An answer as it is remembered.
 *
 * @param pieces a whole answer's body, or a stream's events as they were given
 */
record StoredAnswer(Instant since, Optional<Usage> usage, List<String> notes, List<byte[]> pieces) {
    /** Of the format below; what another version has written is not read. */
    private static final int VERSION = 1;

    boolean isYoungerThan(Duration age, Instant now) {
        return since.plus(age).isAfter(now);
    }

    JsonReply whole() {
        return new JsonReply(pieces.getFirst(), usage, notes);
    }

    byte[] encoded() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(since.toEpochMilli());
            out.writeBoolean(usage.isPresent());
            if (usage.isPresent()) {
                write(usage.get(), out);
            }
            out.writeInt(notes.size());
            for (String note : notes) {
                out.writeUTF(note);
            }
            out.writeInt(pieces.size());
            for (byte[] piece : pieces) {
                out.writeInt(piece.length);
                out.write(piece);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private static void write(Usage usage, DataOutputStream out) throws IOException {
        out.writeLong(usage.prompt());
        out.writeLong(usage.completion());
        out.writeLong(usage.cacheRead());
        out.writeLong(usage.cacheWrite());
        out.writeLong(usage.cacheWriteHour());
        out.writeLong(usage.reasoning());
        out.writeBoolean(usage.estimated());
    }

    /** Empty if this is no answer of this version. */
    static Optional<StoredAnswer> decoded(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != VERSION) {
                return Optional.empty();
            }
            Instant since = Instant.ofEpochMilli(in.readLong());
            Optional<Usage> usage = in.readBoolean() ? Optional.of(usage(in)) : Optional.empty();
            List<String> notes = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                notes.add(in.readUTF());
            }
            List<byte[]> pieces = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                pieces.add(piece(in));
            }
            return pieces.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new StoredAnswer(since, usage, notes, pieces));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Usage usage(DataInputStream in) throws IOException {
        return new Usage(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readBoolean());
    }

    private static byte[] piece(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("cut off");
        }
        return in.readNBytes(length);
    }
}
