package io.magicproxy.provider.anthropic;

import io.magicproxy.provider.Provider;
import io.magicproxy.testing.GoldenMatrix;

class AnthropicGoldenTest extends GoldenMatrix {
    @Override
    protected String vendor() {
        return "anthropic";
    }

    @Override
    protected Provider provider() {
        return AnthropicCodec.provider(CLOCK);
    }

    @Override
    protected String model() {
        return Anthropic.SONNET_4_6;
    }
}
