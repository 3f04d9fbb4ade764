package io.magicproxy.provider.gemini;

import io.magicproxy.provider.Provider;
import io.magicproxy.testing.GoldenMatrix;

class GeminiGoldenTest extends GoldenMatrix {
    @Override
    protected String vendor() {
        return "gemini";
    }

    @Override
    protected Provider provider() {
        return GeminiCodec.provider(CLOCK);
    }

    @Override
    protected String model() {
        return Gemini.FLASH_3;
    }

    @Override
    protected String embeddingModel() {
        return "gemini-embedding-001";
    }

    /** Unlike the others, Google ends lines as HTTP does. */
    @Override
    protected String lineEnd() {
        return "\r\n";
    }
}
