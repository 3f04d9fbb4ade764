package io.magicproxy.quota;

import io.magicproxy.chat.Usage;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * Leave to make one call. What it may take is reserved; closing it puts what it really took in that
 * place, once, whatever has happened meanwhile.
 */
public interface Ticket extends AutoCloseable {
    /** For whoever has no limits. */
    Ticket FREE =
            new Ticket() {
                @Override
                public boolean counted() {
                    return false;
                }

                @Override
                public Standing standing() {
                    return Standing.FREE;
                }

                @Override
                public void used(Usage usage, Optional<BigDecimal> cost) {}

                @Override
                public void givenUp() {}

                @Override
                public void close() {}
            };

    /** Whether anything is counted at all. */
    boolean counted();

    /** How the key stands, this call counted. */
    Standing standing();

    /**
     * What the call took; the last word counts. Without one it took nothing.
     *
     * @param cost in US dollars; empty if no price is known: it then counts as nothing
     */
    void used(Usage usage, Optional<BigDecimal> cost);

    /** The call was made, but nobody waited for its answer: what was sent counts. */
    void givenUp();

    @Override
    void close();
}
