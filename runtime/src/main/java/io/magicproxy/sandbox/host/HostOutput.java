package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.io.InputStream;

/** Brings what a host prints to the log: short lines, and not more of them than anybody reads. */
final class HostOutput {
    private static final System.Logger LOG = System.getLogger(HostOutput.class.getName());
    private static final int MAX_LINE = 2000;
    private static final int MAX_LINES = 300;

    private final String host;
    private final StringBuilder line = new StringBuilder();
    private int lines;
    private volatile String last = "";

    HostOutput(String host) {
        this.host = host;
    }

    /** Until the process has ended. */
    void read(InputStream in) {
        byte[] bytes = new byte[4096];
        try {
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                for (int i = 0; i < n; i++) {
                    add((char) (bytes[i] & 0xFF));
                }
            }
        } catch (IOException e) {
            // The process was killed.
        }
        endLine();
    }

    private void add(char c) {
        if (c == '\n') {
            endLine();
        } else if (line.length() < MAX_LINE) {
            line.append(c < ' ' ? ' ' : c);
        }
    }

    private void endLine() {
        if (line.isEmpty()) {
            return;
        }
        last = line.toString();
        line.setLength(0);
        if (++lines <= MAX_LINES) {
            LOG.log(System.Logger.Level.INFO, host + ": " + last);
        } else if (lines == MAX_LINES + 1) {
            LOG.log(System.Logger.Level.INFO, host + ": (it prints more; the rest is left out)");
        }
    }

    /** The last line, which tells why a process could not start. */
    String last() {
        return last;
    }
}
