package io.magicproxy.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Reads request bodies within their limits. A client that dawdles loses its connection. */
public final class BodyReader implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final int CHUNK = 16 * 1024;

    private final Set<Reading> underWay = ConcurrentHashMap.newKeySet();
    private final Thread sweeper =
            Thread.ofPlatform().daemon().name("slow-bodies").start(this::sweep);
    private volatile boolean closed;

    private record Reading(ClientPresence client, long deadline) {}

    /**
     * The whole body of a JSON request.
     *
     * @throws ApiException if it is too large, or of another type
     */
    public byte[] json(ServerRequest request, int maxBytes, Duration maxTime) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!type.regionMatches(true, 0, "application/json", 0, "application/json".length())) {
            throw new ApiException(
                    ApiError.of(
                            415,
                            "invalid_request_error",
                            "unsupported_media_type",
                            "send the body as Content-Type: application/json"));
        }
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() > maxBytes) {
            throw new ApiException(ErrorAnswers.tooLarge());
        }
        Reading reading =
                new Reading(ClientPresence.current(), System.nanoTime() + maxTime.toNanos());
        underWay.add(reading);
        try (InputStream in = request.content().inputStream()) {
            return length.isPresent()
                    ? in.readNBytes((int) length.getAsLong())
                    : unsized(in, maxBytes);
        } catch (IOException e) {
            throw new ApiException(
                    ApiError.invalidRequest("the body ended early", Optional.empty()));
        } catch (ApiException e) {
            throw e;
        } catch (RuntimeException e) {
            // Nobody is there to be answered; it is no failure of ours either.
            throw new ServerConnectionException("the client left while its body was read", e);
        } finally {
            underWay.remove(reading);
        }
    }

    private static byte[] unsized(InputStream in, int maxBytes) throws IOException {
        var body = new ByteArrayOutputStream(CHUNK);
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            body.write(chunk, 0, n);
            if (body.size() > maxBytes) {
                throw new ApiException(ErrorAnswers.tooLarge());
            }
        }
        return body.toByteArray();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sweeper);
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK.toNanos());
            long now = System.nanoTime();
            for (Reading reading : underWay) {
                if (now - reading.deadline > 0) {
                    reading.client.drop();
                }
            }
        }
    }
}
