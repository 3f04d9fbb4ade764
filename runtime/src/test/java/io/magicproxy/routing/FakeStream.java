package io.magicproxy.routing;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A stream by script. */
final class FakeStream implements ChatStream {
    private final Deque<Object> script = new ArrayDeque<>();
    private boolean over;
    int closed;

    FakeStream output(String text) {
        return add(text, true);
    }

    FakeStream lifecycle(String text) {
        return add(text, false);
    }

    FakeStream fails(FailureClass kind) {
        script.add(kind);
        return this;
    }

    private FakeStream add(String text, boolean output) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        script.add(new Frames(bytes, 0, bytes.length, output));
        return this;
    }

    @Override
    public long tokensSeen() {
        return 0;
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        if (over) {
            throw new IllegalStateException("read after its end");
        }
        Object next = script.poll();
        if (next instanceof FailureClass kind) {
            throw new ProviderException(FakeProvider.failure(kind));
        }
        over = next == null;
        return Optional.ofNullable((Frames) next);
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.empty();
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close() {
        closed++;
    }
}
