package io.magicproxy.routing;

import java.time.Duration;

/**
 * How a pool treats its keys.
 *
 * @param quarantine whether a key that was refused for its rate rests
 * @param quarantineTime how long, if the provider doesn't say
 * @param retireAfter refusals of the key itself in a row
 */
public record KeyPoolSettings(boolean quarantine, Duration quarantineTime, int retireAfter) {
    public static KeyPoolSettings of(KeyManagementConfig config) {
        return new KeyPoolSettings(
                config.enableQuarantine(), config.quarantineSeconds(), config.retireAfter());
    }
}
