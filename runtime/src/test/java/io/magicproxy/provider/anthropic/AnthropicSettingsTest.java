package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.SONNET_4_6;
import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.notes;
import static io.magicproxy.provider.anthropic.Anthropic.refused;
import static io.magicproxy.provider.anthropic.Anthropic.target;
import static io.magicproxy.provider.anthropic.Anthropic.translate;
import static io.magicproxy.provider.anthropic.Anthropic.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.ProviderTarget;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicSettingsTest {
    private static final String OPUS_4_8 = "claude-opus-4-8";

    @Test
    void a_stream_is_asked_for_in_the_body() throws Exception {
        ChatTranslation stream =
                new AnthropicCodec()
                        .translate(Anthropic.request(with("'n':1")), target(SONNET_4_6), true);
        assertThat(stream.body().path("stream").booleanValue()).isTrue();
        assertThat(body(with("'n':1")).has("stream")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.anthropic.com, /v1/messages",
        "http://127.0.0.1:8080/anthropic, /v1/messages",
        "http://127.0.0.1:8080/v1, /messages",
    })
    void the_path_fits_the_base(String base, String path) throws Exception {
        assertThat(
                        new AnthropicCodec()
                                .translate(
                                        Anthropic.request(with("'n':1")),
                                        target(SONNET_4_6, base),
                                        false)
                                .path())
                .isEqualTo(path);
    }

    @Test
    void the_apis_version_is_the_profiles_or_the_known_one() throws Exception {
        assertThat(translate(with("'n':1"), SONNET_4_6).headers())
                .isEqualTo(java.util.Map.of("anthropic-version", "2023-06-01"));
        ProviderTarget other =
                new ProviderTarget(
                        "p", "m", URI.create("http://a"), Optional.of("2030-01-01"), Json.object());
        assertThat(
                        new AnthropicCodec()
                                .translate(Anthropic.request(with("'n':1")), other, false)
                                .headers())
                .containsEntry("anthropic-version", "2030-01-01");
        assertThat(new AnthropicCodec().keyHeader().name()).isEqualTo("x-api-key");
    }

    @Test
    void several_answers_are_refused_with_the_remedy() {
        assertThat(refused(with("'n':2")).param()).contains("n");
        assertThat(refused(with("'n':2")).message()).contains("send the request several times");
    }

    @Test
    void numbers_keep_their_digits() {
        assertThat(Json.text(body(with("'temperature':0.70,'top_k':5"))))
                .contains("\"temperature\":0.70,\"top_k\":5");
        assertThat(Json.text(body(with("'top_p':0.90")))).contains("\"top_p\":0.90");
    }

    @Test
    void models_that_draw_by_themselves_get_no_sampling() {
        String request = with("'temperature':0.2,'top_p':0.5,'top_k':5");
        assertThat(Json.text(body(request, OPUS_4_8)))
                .doesNotContain("temperature", "top_p", "top_k");
        assertThat(notes(request, OPUS_4_8))
                .containsExactly(
                        "temperature has no effect on claude-opus-4-8",
                        "top_p has no effect on claude-opus-4-8",
                        "top_k has no effect on claude-opus-4-8");
        assertThat(notes(with("'temperature':1.0,'top_p':1"), OPUS_4_8)).isEmpty();
    }

    @Test
    void an_older_model_may_have_both_samplings() {
        assertThat(
                        body(with("'temperature':0.5,'top_p':0.5"), "claude-3-haiku-20240307")
                                .has("top_p"))
                .isTrue();
    }

    @Test
    void a_thinking_model_is_not_told_how_to_draw() {
        String request = with("'temperature':0.2,'top_p':0.96,'top_k':5,'reasoning_effort':'low'");
        JsonNode body = body(request);
        assertThat(body.has("temperature")).isFalse();
        assertThat(body.has("top_k")).isFalse();
        assertThat(body.has("top_p")).isTrue();
        assertThat(notes(request, SONNET_4_6))
                .contains("temperature has no effect while claude-sonnet-4-6 thinks");
    }

    @Test
    void a_user_becomes_the_metadatas_user_id() {
        assertThat(body(with("'user':'u1'")).path("metadata")).isEqualTo(json("{'user_id':'u1'}"));
        assertThat(
                        body(with("'user':'u1','metadata':{'user_id':'u2','trace':'t'}"))
                                .path("metadata"))
                .isEqualTo(json("{'user_id':'u2'}"));
        assertThat(notes(with("'metadata':{'trace':'t'}"), SONNET_4_6))
                .containsExactly("metadata: anthropic reads its user_id only");
    }

    @ParameterizedTest
    @CsvSource({"ada@example.org", "+44 20 7946 0018"})
    void a_user_who_can_be_recognised_is_not_sent(String user) {
        String request = with("'user':'" + user + "'");
        assertThat(body(request).has("metadata")).isFalse();
        assertThat(notes(request, SONNET_4_6)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, auto",
        "priority, auto",
        "default, standard_only",
        "standard_only, standard_only",
        "flex,",
    })
    void service_tiers_are_translated(String asked, String sent) {
        assertThat(body(with("'service_tier':'" + asked + "'")).path("service_tier").asText())
                .isEqualTo(sent == null ? "" : sent);
    }

    @Test
    void fields_of_other_vendors_are_left_out_with_a_note_and_all_others_pass() {
        String request =
                with(
                        """
                        'store':true,'logit_bias':{},'prediction':{},'safety_settings':[],'verbosity':'low','audio':null,
                        'inference_geo':'us','context_management':{'edits':[]},'container':'c','tomorrow':{'x':1.10}\
                        """);
        ObjectNode body = body(request);
        assertThat(notes(request, SONNET_4_6))
                .containsExactly(
                        "store has no effect on anthropic",
                        "logit_bias has no effect on anthropic",
                        "prediction has no effect on anthropic",
                        "safety_settings has no effect on anthropic",
                        "verbosity has no effect on anthropic");
        assertThat(Json.text(body))
                .contains("\"inference_geo\":\"us\"", "\"container\":\"c\"")
                .endsWith("\"tomorrow\":{\"x\":1.10}}");
        assertThat(body.has("store")).isFalse();
        assertThat(body.has("audio")).isFalse();
    }

    @Test
    void the_extra_body_goes_in_unread() {
        assertThat(
                        body(with(
                                        "'reasoning_effort':'low','extra_body':{'output_config':{'task_budget':{'total':1}},'store':true}"))
                                .path("output_config"))
                .isEqualTo(json("{'effort':'low','task_budget':{'total':1}}"));
    }

    @Test
    void a_profiles_defaults_are_not_changed_by_a_request() throws Exception {
        ObjectNode defaults = (ObjectNode) json("{'output_config':{'effort':'low'}}");
        String before = defaults.toString();
        new AnthropicCodec()
                .translate(
                        new io.magicproxy.chat.RequestScanner(Json.MAX_DEPTH)
                                .scan(
                                        Json.bytes(
                                                json(
                                                        with(
                                                                "'extra_body':{'output_config':{'x':1}}"))))
                                .chat(defaults),
                        target(SONNET_4_6),
                        false);
        assertThat(defaults.toString()).isEqualTo(before);
    }

    @Test
    void betas_are_named_in_the_header() {
        assertThat(
                        translate(
                                        with(
                                                "'betas':['a-2025-01-01','mcp-client-2030-01-01'],'mcp_servers':[],'context_management':{}"),
                                        SONNET_4_6)
                                .headers())
                .containsEntry(
                        "anthropic-beta",
                        "a-2025-01-01,mcp-client-2030-01-01,context-management-2025-06-27");
        assertThat(translate(with("'mcp_servers':[]"), SONNET_4_6).headers())
                .containsEntry("anthropic-beta", "mcp-client-2025-04-04");
        assertThat(translate(with("'betas':'a, b'"), SONNET_4_6).headers())
                .containsEntry("anthropic-beta", "a,b");
        assertThat(body(with("'betas':['a']")).has("betas")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            value = {"['a\\nx-evil: 1'] | [1]", "'' | [['a']]"},
            delimiter = '|',
            quoteCharacter = '`')
    void no_beta_can_smuggle_in_a_header(String one, String other) {
        assertThat(refused(with("'betas':" + one)).param()).contains("betas");
        assertThat(refused(with("'betas':" + other)).param()).contains("betas");
    }

    @Test
    void embeddings_are_refused_with_the_remedy() {
        assertThat(
                        Anthropic.failure(() ->
                                        new AnthropicCodec()
                                                .translateEmbedding(
                                                        Json.object(), target(SONNET_4_6)))
                                .message())
                .contains("has no embeddings");
    }
}
