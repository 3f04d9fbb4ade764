package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.failure;
import static io.magicproxy.provider.gemini.Gemini.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.EmbeddingTranslation;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiEmbeddingTest {
    private static EmbeddingTranslation translate(String fields) throws ProviderException {
        return new GeminiCodec()
                .translateEmbedding(
                        (ObjectNode) json("{\"model\":\"e\"," + fields + "}"),
                        Gemini.target("gemini-embedding-001"));
    }

    @Test
    void texts_go_in_one_batch() throws ProviderException {
        var translation =
                translate(
                        "\"input\":[\"a\",\"b\"],\"dimensions\":768,\"task_type\":\"RETRIEVAL_QUERY\"");
        assertThat(translation.path()).isEqualTo("/models/gemini-embedding-001:batchEmbedContents");
        assertThat(translation.body())
                .isEqualTo(
                        json(
                                """
                                {"requests":[
                                 {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},
                                  "outputDimensionality":768,"taskType":"RETRIEVAL_QUERY"},
                                 {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},
                                  "outputDimensionality":768,"taskType":"RETRIEVAL_QUERY"}]}\
                                """));
    }

    @Test
    void the_answer_has_openais_form() throws ProviderException {
        assertThat(
                        translate("\"input\":\"a\"")
                                .decode(
                                        json(
                                                """
                                                {"embeddings":[{"values":[0.10,-1]}],"usageMetadata":{"promptTokenCount":3}}\
                                                """)))
                .isEqualTo(
                        json(
                                """
                                {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-1]}],
                                 "model":"gemini-embedding-001","usage":{"prompt_tokens":3,"total_tokens":3}}\
                                """));
    }

    @Test
    void base64_is_little_endian_floats() throws ProviderException {
        var answer =
                translate("\"input\":\"a\",\"encoding_format\":\"base64\"")
                        .decode(json("{\"embeddings\":[{\"values\":[0.5,-1]}]}"));
        ByteBuffer floats =
                ByteBuffer.wrap(Base64.getDecoder().decode(answer.at("/data/0/embedding").asText()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats.getFloat()).isEqualTo(0.5f);
        assertThat(floats.getFloat()).isEqualTo(-1f);
        assertThat(floats.hasRemaining()).isFalse();
        assertThat(answer.has("usage")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"input\":[1,2,3]",
                "\"input\":[[1,2]]",
                "\"input\":[]",
                "\"input\":{}",
                "\"x\":1",
                "\"input\":\"a\",\"dimensions\":0",
                "\"input\":\"a\",\"dimensions\":\"many\"",
                "\"input\":\"a\",\"encoding_format\":\"int8\""
            })
    void what_gemini_cannot_embed_is_the_callers_fault(String fields) {
        var failure = failure(() -> translate(fields));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"embeddings\":[]}",
                "{\"embeddings\":[{}]}",
                "{\"embeddings\":[{\"values\":[\"a\"]}]}",
                "7"
            })
    void an_answer_that_does_not_fit_is_transient(String reply) {
        assertThat(failure(() -> translate("\"input\":\"a\"").decode(json(reply))).failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
    }
}
