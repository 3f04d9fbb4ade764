package io.magicproxy.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a host, and says which of them may be called. */
@FunctionalInterface
public interface AddressBook {
    /**
     * Every address of the host; a connection goes to one of exactly these. Asked once for each
     * connection, so that a name that means something else a moment later changes nothing.
     *
     * @throws ForbiddenAddressException if one of them may not be called
     * @throws IOException if the name can't be resolved
     */
    List<InetAddress> find(String host) throws IOException;

    /** The system's resolver; link-local and metadata addresses may not be called. */
    static AddressBook system() {
        return SystemAddresses.BOOK;
    }

    /** A host leads to an address that may not be called; the message says what would be right. */
    final class ForbiddenAddressException extends IOException {
        private static final long serialVersionUID = 1;

        public ForbiddenAddressException(String message) {
            super(message);
        }
    }
}
