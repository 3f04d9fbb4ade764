package io.magicproxy.server.admin;

import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.http.Texts;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.AuditLog.Change;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes down who has changed what: a line in the log, and an entry that is kept. The change has
 * been made by then, so an entry that can't be kept is told, and fails nothing.
 */
public final class Audit {
    private static final Logger LOG = System.getLogger(Audit.class.getName());
    private static final String NONE = "-";

    private final AuditLog kept;
    private final UnaryOperator<String> mask;
    private final InstantSource clock;

    /**
     * @param mask takes known secrets out of a text
     */
    public Audit(AuditLog kept, UnaryOperator<String> mask, InstantSource clock) {
        this.kept = kept;
        this.mask = mask;
        this.clock = clock;
    }

    /**
     * What something was, or is.
     *
     * @param version empty if it wasn't there, or isn't any more
     * @param text absent if it has none, or none that may be shown
     */
    record Side(String version, Optional<String> text) {
        /** It wasn't there, or isn't any more. */
        static Side none() {
            return new Side("", Optional.of(""));
        }

        static Side of(String version) {
            return new Side(version, Optional.empty());
        }

        static Side of(String version, String text) {
            return new Side(version, Optional.of(text));
        }
    }

    /** A change that has been made. */
    void changed(String what, String name, Side before, Side after) {
        String versions = ", " + shown(before.version()) + " -> " + shown(after.version());
        write(what, name, versions);
        keep(what, name, before, after);
    }

    /** A change of something that has no versions. */
    void changed(String what, String name) {
        write(what, name, "");
        keep(what, name, Side.of(""), Side.of(""));
    }

    private static void write(String what, String name, String versions) {
        LOG.log(
                Level.INFO,
                () ->
                        "admin: "
                                + RequestInfo.current().caller().shown()
                                + " "
                                + what
                                + " "
                                + Texts.printable(name)
                                + versions);
    }

    private void keep(String what, String name, Side before, Side after) {
        RequestInfo request = RequestInfo.current();
        try {
            kept.append(
                    new Change(
                            clock.instant(),
                            request.caller().shown(),
                            request.address(),
                            request.id(),
                            what,
                            mask.apply(Texts.printable(name)),
                            before.version(),
                            after.version(),
                            diff(name, before, after)));
        } catch (StoreException e) {
            LOG.log(
                    Level.ERROR,
                    () -> "this change is in no audit log but this line: " + e.getMessage());
        }
    }

    private String diff(String name, Side before, Side after) {
        if (before.text().isEmpty() || after.text().isEmpty()) {
            return "";
        }
        return TextDiff.of(
                Texts.printable(name),
                mask.apply(before.text().get()),
                mask.apply(after.text().get()));
    }

    private static String shown(String version) {
        return version.isEmpty() ? NONE : Texts.printable(version);
    }
}
