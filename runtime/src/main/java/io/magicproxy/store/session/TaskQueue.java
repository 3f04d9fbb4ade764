package io.magicproxy.store.session;

import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs that want a worker. A task carries the run's id and nothing else; the journal knows the
 * rest. A task whose worker dies comes to another one.
 */
public interface TaskQueue {
    /**
     * Puts a run in, after all others; false if as many wait as may. One that is in already stays
     * as it is.
     */
    boolean offer(String runId) throws StoreException;

    /**
     * Puts a run back that ought to be in the queue, whether it is full or not; one that is there
     * already, or is leased, stays as it is.
     */
    void restore(String runId) throws StoreException;

    /**
     * Waits for a task: the one that was put in first of those that nobody has. Empty after that
     * time.
     */
    Optional<Lease> take(String worker, Duration wait) throws StoreException, InterruptedException;

    /** How many wait for a worker. */
    int waiting() throws StoreException;

    /** A task that this worker alone has, until it stops renewing. Any thread. */
    interface Lease {
        String runId();

        /** How often the run was leased without being completed or released, this time included. */
        int attempt();

        /**
         * Keeps it longer, also when its time is over and nobody has taken it; false if somebody
         * has, or if it was completed or released.
         */
        boolean renew() throws StoreException;

        /** Done with it; nothing happens if somebody else has it by now. */
        void complete() throws StoreException;

        /**
         * Done with it, and not well: nobody is to take it any more. It is kept with the reason
         * where operators look for such runs, if the queue has a place for them.
         */
        void bury(String reason) throws StoreException;

        /**
         * Gives it back unfinished, for the next one to take at once, before all others; nothing
         * happens if somebody else has it by now.
         */
        void release() throws StoreException;
    }
}
