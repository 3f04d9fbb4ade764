package io.magicproxy.server.admin;

import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.http.Texts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Writes down who has changed what, a line each. */
public final class Audit {
    private static final Logger LOG = System.getLogger(Audit.class.getName());
    private static final String NONE = "-";

    /** A change that has been made. */
    void changed(String what, String name, String before, String after) {
        LOG.log(
                Level.INFO,
                () ->
                        "admin: "
                                + RequestInfo.current().caller().shown()
                                + " "
                                + what
                                + " "
                                + Texts.printable(name)
                                + ", "
                                + shown(before)
                                + " -> "
                                + shown(after));
    }

    /** A change of something that has no versions. */
    void changed(String what, String name) {
        LOG.log(
                Level.INFO,
                () ->
                        "admin: "
                                + RequestInfo.current().caller().shown()
                                + " "
                                + what
                                + " "
                                + Texts.printable(name));
    }

    private static String shown(String version) {
        return version.isEmpty() ? NONE : Texts.printable(version);
    }
}
