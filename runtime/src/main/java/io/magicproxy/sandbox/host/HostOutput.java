package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** Brings what a host prints to the log: short lines, and not more of them than anybody reads. */
final class HostOutput {
    private static final System.Logger LOG = System.getLogger(HostOutput.class.getName());
    private static final int MAX_LINE = 2000;
    private static final int MAX_LINES = 300;
    private static final int KEPT = 3;

    private final String host;
    private final StringBuilder line = new StringBuilder();
    private int lines;
    private final Deque<String> last = new ArrayDeque<>();

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
        String text = line.toString();
        line.setLength(0);
        keep(text);
        if (++lines <= MAX_LINES) {
            LOG.log(System.Logger.Level.INFO, host + ": " + text);
        } else if (lines == MAX_LINES + 1) {
            LOG.log(System.Logger.Level.INFO, host + ": (it prints more; the rest is left out)");
        }
    }

    private synchronized void keep(String text) {
        last.add(text);
        if (last.size() > KEPT) {
            last.remove();
        }
    }

    /** The last lines, which tell why a process could not start. */
    synchronized String last() {
        return String.join(" / ", last);
    }
}
