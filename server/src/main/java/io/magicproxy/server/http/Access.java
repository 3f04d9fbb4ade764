package io.magicproxy.server.http;

import io.magicproxy.usage.Payer;
import java.util.Optional;

/** Whether a request may be answered, and how far. */
public sealed interface Access {
    /** It may; by whom it is asked, for the log and for whoever wants to know. */
    record Admitted(Who who) implements Access {}

    /** Only by the page's files, which are open to everybody. */
    record FilesOnly() implements Access {}

    /**
     * A key is needed.
     *
     * @param given whether there was one, or a cookie, that didn't do
     */
    record NeedsKey(boolean given) implements Access {}

    /** The cookie is right, but its token is missing: another site's page may have sent this. */
    record NeedsToken() implements Access {}

    /** Who asks. */
    sealed interface Who {
        /** Somebody who needed no key. */
        record Nobody() implements Who {}

        /**
         * By the key.
         *
         * @param fingerprint for the log
         */
        record Key(String fingerprint) implements Who {}

        record Session(Logins.Login login) implements Who {}

        /** On whose account it asks. */
        default Payer payer() {
            return Payer.master();
        }

        /** For the log. */
        default String shown() {
            return switch (this) {
                case Nobody _ -> "nobody";
                case Key(String fingerprint) -> "key " + fingerprint;
                case Session(var login) -> "session " + login.id();
            };
        }
    }

    /**
     * What is asked, and with what.
     *
     * @param cookie of a login
     * @param token of a login, as its header gives it
     */
    record Asked(
            String method,
            String path,
            Optional<String> key,
            Optional<String> cookie,
            Optional<String> token) {}
}
