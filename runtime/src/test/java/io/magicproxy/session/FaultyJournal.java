package io.magicproxy.session;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** The real journal, whose appends fail as a full disk's do, before or after they were made. */
final class FaultyJournal {
    private final AtomicInteger failing = new AtomicInteger();
    private volatile boolean written;

    /** The next appends fail; if so told, all of what they hold is written nevertheless. */
    void fail(int times, boolean butWrite) {
        written = butWrite;
        failing.set(times);
    }

    int left() {
        return failing.get();
    }

    Journal around(Journal real) {
        return (Journal)
                Proxy.newProxyInstance(
                        Journal.class.getClassLoader(),
                        new Class<?>[] {Journal.class},
                        (proxy, method, arguments) -> {
                            boolean fails =
                                    method.getName().equals("append")
                                            && failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
                            try {
                                Object result =
                                        fails && !written ? "" : method.invoke(real, arguments);
                                if (fails) {
                                    throw new StoreException("the disk is full");
                                }
                                return result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
