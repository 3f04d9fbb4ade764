package io.magicproxy.server.openai;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.RateLimits;
import io.magicproxy.quota.Estimate;
import io.magicproxy.quota.Ticket;
import io.magicproxy.routing.Routed;
import io.magicproxy.usage.Use;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What one call has used: written down once, before the caller sees its end and may ask again.
 * Belongs to the request's thread.
 */
final class Bill {
    private final Ticket ticket;
    private final Accounts accounts;
    private final RequestBody body;
    private boolean written;

    Bill(Ticket ticket, Accounts accounts, RequestBody body) {
        this.ticket = ticket;
        this.accounts = accounts;
        this.body = body;
    }

    /** The call was made, and nobody waits for its answer any more. */
    void givenUp() {
        ticket.givenUp();
    }

    /** The provider's limits say nothing to whoever has limits of their own. */
    RateLimits limits(RateLimits upstream) {
        return ticket.standing().limited() ? RateLimits.UNKNOWN : upstream;
    }

    /** A whole answer; what it cost, if a price is known. One that was remembered took nothing. */
    Optional<BigDecimal> answered(Use.Kind kind, Routed<?> routed, Optional<Usage> told) {
        written = true;
        Optional<BigDecimal> cost = accounts.usage(kind, routed, told);
        if (ticket.counted()) {
            if (!routed.remembered()) {
                ticket.used(told.orElseGet(() -> guessed(0)), cost);
            }
            ticket.close();
        }
        return cost;
    }

    /** A stream has ended, well or not: also one that broke off is paid for. */
    void ended(Routed<ChatStream> routed) {
        if (!written) {
            ChatStream stream = routed.value();
            answered(
                    Use.Kind.CHAT,
                    routed,
                    stream.usage().or(() -> Optional.of(guessed(stream.tokensSeen()))));
        }
    }

    private Usage guessed(long seen) {
        return Usage.guessed(Estimate.prompt(body.bytes()), seen);
    }
}
