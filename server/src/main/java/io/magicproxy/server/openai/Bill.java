package io.magicproxy.server.openai;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.RateLimits;
import io.magicproxy.quota.Estimate;
import io.magicproxy.quota.Ticket;
import io.magicproxy.routing.Profile;
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
    private final boolean counted;
    private final SaidMeter said = new SaidMeter();
    private boolean written;

    Bill(Ticket ticket, Accounts accounts, RequestBody body) {
        this.ticket = ticket;
        this.accounts = accounts;
        this.body = body;
        // Nobody asks what the others' streams have said.
        this.counted = ticket != Ticket.FREE;
    }

    /** Nobody waits for the answer any more. */
    void givenUp() {
        ticket.givenUp();
    }

    /** The provider's limits say nothing to whoever has limits of their own. */
    RateLimits limits(RateLimits upstream) {
        return ticket.standing().limited() ? RateLimits.UNKNOWN : upstream;
    }

    /** A whole answer; what it cost, if a price is known. */
    Optional<BigDecimal> answered(Use.Kind kind, Profile profile, Optional<Usage> told) {
        Optional<BigDecimal> cost = accounts.usage(kind, profile, told);
        if (counted) {
            ticket.used(told.orElseGet(this::guess), cost);
            ticket.close();
        }
        return cost;
    }

    /** A part of a stream. */
    void hear(ChatStream.Frames frames) {
        if (counted) {
            said.hear(frames.buffer(), frames.offset(), frames.length());
        }
    }

    /** A stream has ended, well or not: also what was broken off was used. */
    void ended(Profile profile, ChatStream stream) {
        if (written) {
            return;
        }
        written = true;
        Optional<Usage> told = stream.usage();
        answered(Use.Kind.CHAT, profile, counted ? told.or(() -> Optional.of(guess())) : told);
    }

    private Usage guess() {
        return Usage.guessed(Estimate.prompt(body.bytes()), said.tokens());
    }
}
