package io.magicproxy.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of one answer, without HTTP's framing. Our own, because Helidon's streams read each
 * chunk whole into memory, however large its sender says it is, and hand out one chunk a time where
 * one read brought several.
 */
abstract sealed class Body extends InputStream permits Body.Sized, Body.Open, ChunkedBody {

    /** Whether the end has been read, so that the connection stands at the next answer. */
    abstract boolean ended();

    /**
     * Reads at least a byte, or gives -1 at the end; never waits while it has something to give.
     */
    @Override
    public abstract int read(byte[] buffer, int offset, int length) throws IOException;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** A body whose length is known. */
    static final class Sized extends Body {
        private final Connection connection;
        private long left;

        Sized(Connection connection, long length) {
            this.connection = connection;
            this.left = length;
        }

        long left() {
            return left;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = connection.read(buffer, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new EOFException("closed with " + left + " bytes of the answer to come");
            }
            left -= n;
            return n;
        }

        @Override
        boolean ended() {
            return left == 0;
        }
    }

    /** A body that ends with its connection: HTTP/1.0's way. */
    static final class Open extends Body {
        private final Connection connection;

        Open(Connection connection) {
            this.connection = connection;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return connection.read(buffer, offset, length);
        }

        @Override
        boolean ended() {
            return false;
        }
    }
}
