package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.TaskLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The ledger in Redis: each method is one run of {@code tasks.lua}, by the server's own clock. */
public final class RedisTaskLedger implements TaskLedger {
    private static final String SERVERS_TIME = "";
    private static final LuaScript SCRIPT = new LuaScript("tasks.lua");

    private final RedisLink link;
    private final Supplier<String> now;

    RedisTaskLedger(RedisLink link) {
        this(link, () -> SERVERS_TIME);
    }

    /**
     * @param now in milliseconds, in place of the server's time
     */
    public RedisTaskLedger(RedisLink link, Supplier<String> now) {
        this.link = link;
        this.now = now;
    }

    @Override
    public Entry offer(String runId, int capacity) throws StoreException {
        return entry(number("offer", runId, Integer.toString(capacity)));
    }

    @Override
    public Entry restore(String runId, Duration patience) throws StoreException {
        return entry(number("restore", runId, millis(patience)));
    }

    @Override
    public void withdraw(String runId) throws StoreException {
        number("withdraw", runId);
    }

    @Override
    public Optional<Taken> take(String token, Duration lease, boolean overdue)
            throws StoreException {
        List<String> taken = texts("take", token, millis(lease), overdue ? "1" : "0");
        return taken.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Taken(
                                taken.get(0),
                                Integer.parseInt(taken.get(1)),
                                Integer.parseInt(taken.get(2))));
    }

    @Override
    public boolean renew(String runId, String token, Duration lease) throws StoreException {
        return number("renew", runId, token, millis(lease)) == 1;
    }

    @Override
    public void complete(String runId, String token) throws StoreException {
        number("complete", runId, token);
    }

    @Override
    public boolean release(String runId, String token) throws StoreException {
        return number("release", runId, token) == 1;
    }

    @Override
    public void abandon(String runId, String token) throws StoreException {
        number("abandon", runId, token);
    }

    @Override
    public List<String> overdue() throws StoreException {
        return texts("overdue");
    }

    @Override
    public int waiting() throws StoreException {
        return number("waiting");
    }

    @Override
    public boolean isUp() {
        return link.isUp();
    }

    /** As the script has it. */
    private static Entry entry(int told) {
        return switch (told) {
            case 0 -> Entry.FULL;
            case 1 -> Entry.KNOWN;
            default -> Entry.NEW;
        };
    }

    private static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }

    private int number(String what, String... arguments) throws StoreException {
        return Integer.parseInt(texts(what, arguments).getFirst());
    }

    private List<String> texts(String what, String... arguments) throws StoreException {
        List<String> all = new ArrayList<>(List.of(what, now.get()));
        all.addAll(List.of(arguments));
        return SCRIPT.run(link, link.name("tasks"), all);
    }
}
