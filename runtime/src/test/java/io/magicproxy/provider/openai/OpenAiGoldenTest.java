package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider;
import io.magicproxy.testing.GoldenMatrix;

class OpenAiGoldenTest extends GoldenMatrix {
    @Override
    protected String vendor() {
        return "openai";
    }

    @Override
    protected Provider provider() {
        return Named.provider("openai", CLOCK);
    }

    @Override
    protected String model() {
        return "gpt-5.1";
    }

    @Override
    protected String embeddingModel() {
        return "text-embedding-3-small";
    }
}
