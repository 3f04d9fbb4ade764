package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider;
import io.magicproxy.testing.GoldenMatrix;
import java.util.Optional;

class AzureGoldenTest extends GoldenMatrix {
    @Override
    protected String vendor() {
        return "azure";
    }

    @Override
    protected Provider provider() {
        return Named.provider("azure", CLOCK);
    }

    /** A deployment's name is its owner's choice. */
    @Override
    protected String model() {
        return "our chat";
    }

    @Override
    protected String embeddingModel() {
        return "our-embeddings";
    }

    @Override
    protected Optional<String> apiVersion() {
        return Optional.of("2024-10-21");
    }
}
