package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.body;
import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.messages;
import static io.magicproxy.provider.gemini.Gemini.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.FailureClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiMediaTest {
    private static String user(String part) {
        return messages("{\"role\":\"user\",\"content\":[" + part + "]}");
    }

    private static JsonNode part(String part) {
        return body(user(part)).at("/contents/0/parts/0");
    }

    private static String image(String url) {
        return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
    }

    @Test
    void a_data_url_becomes_inline_data() {
        assertThat(part(image("data:image/png;charset=x;base64,AAAA")))
                .isEqualTo(json("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}"));
    }

    @Test
    void a_data_url_without_base64_is_encoded() {
        assertThat(part(image("data:image/svg+xml,%3Csvg+a/%3E")).at("/inlineData/data").asText())
                .isEqualTo(
                        java.util.Base64.getEncoder()
                                .encodeToString(
                                        "<svg+a/>"
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com/a.JPG?x=1.png, image/jpeg",
        "gs://bucket/film.mp4, video/mp4",
        "https://example.com/a.b/doc.pdf#page=2, application/pdf"
    })
    void a_link_becomes_file_data_with_the_type_of_its_extension(String url, String type) {
        assertThat(part(image(url)))
                .isEqualTo(
                        json(
                                "{\"fileData\":{\"mimeType\":\"%s\",\"fileUri\":\"%s\"}}"
                                        .formatted(type, url)));
    }

    @Test
    void a_link_without_an_extension_goes_without_a_type() {
        assertThat(part(image("https://youtu.be/abc")))
                .isEqualTo(json("{\"fileData\":{\"fileUri\":\"https://youtu.be/abc\"}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/a.png",
                "file:///etc/passwd",
                "data:;base64,AA",
                "data:x"
            })
    void a_url_that_gemini_would_not_read_is_the_callers_fault(String url) {
        var failure = refused(user(image(url)));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).contains("messages[0].content[0].image_url.url");
    }

    @ParameterizedTest
    @CsvSource({"wav, audio/wav", "mp3, audio/mp3", "opus, audio/opus"})
    void sound_becomes_inline_data(String format, String type) {
        assertThat(
                        part(
                                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"%s\"}}"
                                        .formatted(format)))
                .isEqualTo(
                        json(
                                "{\"inlineData\":{\"mimeType\":\"%s\",\"data\":\"AAAA\"}}"
                                        .formatted(type)));
    }

    @Test
    void documents_come_as_data_or_as_a_file_of_gemini() {
        assertThat(
                        part(
                                """
                                {"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}\
                                """))
                .isEqualTo(
                        json(
                                "{\"inlineData\":{\"mimeType\":\"application/pdf\",\"data\":\"AAAA\"}}"));
        assertThat(
                        part(
                                "{\"type\":\"file\",\"file\":{\"file_data\":\"AAAA\",\"filename\":\"a.PDF\"}}"))
                .isEqualTo(
                        json(
                                "{\"inlineData\":{\"mimeType\":\"application/pdf\",\"data\":\"AAAA\"}}"));
        assertThat(part("{\"type\":\"file\",\"file\":{\"file_id\":\"files/abc\"}}"))
                .isEqualTo(
                        json(
                                "{\"fileData\":{\"fileUri\":\"%s/files/abc\"}}"
                                        .formatted(GeminiCodec.BASE)));
    }

    @Test
    void another_providers_file_id_is_the_callers_fault() {
        var failure = refused(user("{\"type\":\"file\",\"file\":{\"file_id\":\"file-123\"}}"));
        assertThat(failure.param()).contains("messages[0].content[0].file.file_id");
    }

    @Test
    void a_film_is_read_and_an_unknown_part_is_the_callers_fault() {
        assertThat(
                        part("""
                        {"type":"video_url","video_url":{"url":"https://example.com/a.mp4"}}\
                        """)
                                .at("/fileData/mimeType")
                                .asText())
                .isEqualTo("video/mp4");
        var failure = refused(user("{\"type\":\"hologram\"}"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.message()).contains("hologram");
    }
}
