package io.magicproxy.server.boot;

import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import java.util.function.Supplier;

/** Something derived from the configuration, made once for each generation. */
final class PerGeneration<T> {
    private final Gateway gateway;
    private final Supplier<T> maker;
    private volatile Made<T> made;

    private record Made<T>(GatewayGeneration of, T value) {}

    PerGeneration(Gateway gateway, Supplier<T> maker) {
        this.gateway = gateway;
        this.maker = maker;
        this.made = new Made<>(gateway.current(), maker.get());
    }

    T get() {
        Made<T> now = made;
        GatewayGeneration serving = gateway.current();
        if (!now.of.version().equals(serving.version())) {
            now = new Made<>(serving, maker.get());
            made = now;
        }
        return now.value;
    }
}
