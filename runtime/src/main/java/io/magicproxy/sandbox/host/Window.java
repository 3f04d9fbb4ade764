package io.magicproxy.sandbox.host;

/**
 * How much a run may have said that the gateway hasn't dealt with yet. A guest that says more waits
 * here, so that neither side ever holds much for it and no other run waits behind it.
 */
final class Window {
    /** One frame may pass it. */
    static final long SIZE = 1 << 20;

    private static final int FRAME = 256;

    private long outstanding;
    private boolean closed;

    /** What a frame counts, which both sides must see alike. */
    static long cost(String op, String value) {
        return (long) FRAME + op.length() + value.length();
    }

    /** Waits for room. */
    synchronized void take(long cost) {
        boolean interrupted = false;
        while (outstanding >= SIZE && !closed && !interrupted) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closed || interrupted) {
            throw new OverException();
        }
        outstanding += cost;
    }

    synchronized void give(long cost) {
        outstanding -= cost;
        notifyAll();
    }

    /** The run is over: nobody waits any longer. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Ends a guest that still wants to say something. */
    static final class OverException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OverException() {
            super("the run is over", null, false, false);
        }
    }
}
