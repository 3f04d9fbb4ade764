package io.magicproxy.provider.anthropic;

import io.magicproxy.provider.ProviderCodec;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.testing.GoldenMatrix;

class AnthropicGoldenTest extends GoldenMatrix {
    @Override
    protected String vendor() {
        return "anthropic";
    }

    @Override
    protected ProviderCodec codec() {
        return new AnthropicCodec();
    }

    @Override
    protected ProviderTarget target() {
        return Anthropic.target("claude-sonnet-4-6");
    }
}
