package io.magicproxy.store;

import io.magicproxy.config.Option;

/** {@code backend_settings}: where state is kept. */
public record BackendConfig(
        @Option(
                        value =
                                "The folder of the gateway's own data, relative to this file. A change needs a restart.",
                        standard = "data")
                String dataDir) {}
