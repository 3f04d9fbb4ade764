package io.magicproxy.server.http;

import io.helidon.common.buffers.DataReader.IncorrectNewLineException;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads request bodies within their limits. A client that dawdles loses its connection. */
public final class BodyReader {
    private static final int CHUNK = 16 * 1024;

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
        ClientWatch.CURRENT.get().readWithin(maxTime);
        try (InputStream in = request.content().inputStream()) {
            return length.isPresent()
                    ? in.readNBytes((int) length.getAsLong())
                    : unsized(in, maxBytes);
        } catch (IOException e) {
            throw new ApiException(
                    ApiError.invalidRequest("the body ended early", Optional.empty()));
        } catch (ApiException e) {
            throw e;
        } catch (RequestException | IncorrectNewLineException | NumberFormatException e) {
            // What follows on the connection could be anything.
            ClientWatch.CURRENT.get().lostTrack();
            throw new ApiException(
                    ApiError.invalidRequest(
                            "the body isn't in chunks as HTTP/1.1 has them: "
                                    + (e instanceof NumberFormatException
                                            ? "a chunk has no size"
                                            : e.getMessage()),
                            Optional.empty()));
        } catch (RuntimeException e) {
            // Nobody is there to be answered; it is no failure of ours either.
            throw new ServerConnectionException("the client left while its body was read", e);
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
}
