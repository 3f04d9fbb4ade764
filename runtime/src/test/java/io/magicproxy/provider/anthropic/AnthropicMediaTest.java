package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.messages;
import static io.magicproxy.provider.anthropic.Anthropic.refused;
import static io.magicproxy.provider.anthropic.Anthropic.translate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicMediaTest {
    private static String image(String url) {
        return part("{'type':'image_url','image_url':{'url':'" + url + "'}}");
    }

    private static String file(String fields) {
        return part("{'type':'file','file':{" + fields + "}}");
    }

    private static String part(String part) {
        return messages("{'role':'user','content':[" + part + "]}");
    }

    private static String block(String request) {
        return Json.text(body(request).at("/messages/0/content/0"));
    }

    private static String wire(String json) {
        return Json.text(Anthropic.json(json));
    }

    @Test
    void an_image_is_sent_as_base64_or_by_its_address() {
        assertThat(block(image("data:image/jpg;base64,AAAA")))
                .isEqualTo(
                        wire(
                                "{'type':'image','source':{'type':'base64','media_type':'image/jpeg','data':'AAAA'}}"));
        assertThat(block(image("https://a/b.png")))
                .isEqualTo(
                        wire("{'type':'image','source':{'type':'url','url':'https://a/b.png'}}"));
    }

    @Test
    void a_pdf_that_came_as_an_image_is_a_document() {
        assertThat(block(image("data:application/pdf;base64,AAAA")))
                .startsWith("{\"type\":\"document\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a/b.png",
                "data:image/svg+xml;base64,AAAA",
                "data:image/png,AAAA",
                "data:image/png;base64",
                "iVBORw0KGgo=",
                "",
            })
    void other_addresses_of_images_are_refused_with_their_place(String url) {
        assertThat(refused(image(url)).param()).contains("messages[0].content[0].image_url.url");
    }

    @Test
    void a_text_file_is_sent_as_text_with_its_title() {
        assertThat(
                        block(
                                file(
                                        "'filename':'a.csv','file_data':'data:text/csv;charset=utf-8;base64,w6ksMQ=='")))
                .isEqualTo(
                        wire(
                                "{'type':'document','source':{'type':'text','media_type':'text/plain','data':'é,1'},'title':'a.csv'}"));
    }

    @Test
    void a_text_file_needs_no_base64() {
        assertThat(
                        block(
                                file(
                                        "'file_data':'data:text/plain;charset=utf-8,1+1%20=%202,%20n%C3%A9'")))
                .isEqualTo(
                        wire(
                                "{'type':'document','source':{'type':'text','media_type':'text/plain','data':'1+1 = 2, né'}}"));
    }

    @Test
    void an_uploaded_file_is_named_and_its_beta_with_it() {
        String request = file("'file_id':'file_011'");
        assertThat(block(request))
                .isEqualTo(
                        wire("{'type':'document','source':{'type':'file','file_id':'file_011'}}"));
        assertThat(translate(request, Anthropic.SONNET_4_6).headers())
                .containsEntry("anthropic-beta", "files-api-2025-04-14");
    }

    @Test
    void an_image_among_the_files_is_an_image() {
        JsonNode block =
                body(file("'filename':'a.png','file_data':'data:image/png;base64,AA=='"))
                        .at("/messages/0/content/0");
        assertThat(block.path("type").textValue()).isEqualTo("image");
        assertThat(block.has("title")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'filename':'a'",
                "'file_data':'AAAA'",
                "'file_data':'data:application/zip;base64,AAAA'",
                "'file_data':'data:text/plain;base64,A'",
                "'file_data':'data:text/plain,100%'",
                "'file_data':'data:application/pdf,%PDF'",
                "'file_data':'data:,a'",
            })
    void other_files_are_refused_with_their_place(String fields) {
        assertThat(refused(file(fields)).param()).contains("messages[0].content[0].file.file_data");
    }
}
