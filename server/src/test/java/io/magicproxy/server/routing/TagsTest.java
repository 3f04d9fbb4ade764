package io.magicproxy.server.routing;

import static io.magicproxy.server.routing.Scenery.served;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that ask for profiles with tags. */
class TagsTest {
    private static final String TAGS = "x-magic-tags";

    @TempDir private Path folder;
    private Scenery scene;

    @BeforeEach
    void start() throws Exception {
        scene =
                new Scenery(folder)
                        .profile("us", "tags: [us, premium]")
                        .profile("eu", "tags: eu")
                        .profile("eu-premium", "tags: [eu, premium]")
                        .profile("plain", "")
                        .profile("us-long", "tags: us")
                        .profile("eu-long", "tags: eu")
                        .profile("agent", "tags: eu")
                        .with(
                                """
                                router_settings:
                                  model_group_alias: {main: [us, eu, eu-premium, plain], untagged: [plain]}
                                  context_window_fallbacks: {main: [us-long, eu-long]}
                                """);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eu | eu",
                "premium | us",
                "eu, premium | eu-premium",
                "' premium ,,eu ' | eu-premium",
            })
    void only_profiles_with_all_the_tags_are_tried(String tags, String first) throws Exception {
        assertThat(served(scene.chat("main", TAGS, tags))).isEqualTo(first);
        assertThat(scene.asked()).containsExactly(first);
    }

    @Test
    void without_tags_all_are_tried_and_failover_stays_among_those_with_the_tags()
            throws Exception {
        scene.always(request -> Scenery.error(404, "model_not_found"));

        assertThat(scene.chat("main").statusCode()).isEqualTo(404);
        assertThat(scene.chat("main", TAGS, "eu").statusCode()).isEqualTo(404);

        assertThat(scene.asked())
                .containsExactly("us", "eu", "eu-premium", "plain", "eu", "eu-premium");
    }

    @Test
    void fallbacks_keep_to_the_tags_too() throws Exception {
        scene.upstream.enqueue(Scenery.error(400, "context_length_exceeded"));

        assertThat(served(scene.chat("main", TAGS, "eu"))).isEqualTo("eu-long");
    }

    @Test
    void tags_that_nobody_has_are_answered_with_those_there_are() throws Exception {
        JsonNode error = refused(404, scene.chat("main", TAGS, "eu, moon"));
        assertThat(error.path("code").asText()).isEqualTo("no_such_tags");
        assertThat(error.path("message").asText())
                .isEqualTo(
                        "no profile of \"main\" has all of the tags eu, moon; its tags: eu, premium, us");
        assertThat(refused(404, scene.chat("untagged", TAGS, "eu")).path("message").asText())
                .isEqualTo("no profile of \"untagged\" has the tag eu; its profiles have no tags");
        assertThat(scene.upstream.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tags\":[\"eu\",\"premium\"]} | ",
                "{\"tags\":[\"eu\",\"premium\"],\"who\":\"me\"} | {\"who\":\"me\"}",
                "{\"tags\":\"eu, premium\"} | {\"tags\":\"eu, premium\"}",
            })
    void tags_in_the_metadata_count_and_a_list_that_no_provider_takes_is_taken_out(
            String metadata, String sent) throws Exception {
        HttpResponse<String> response =
                scene.gateway()
                        .post(
                                Scenery.CHAT,
                                TestGateway.chat(
                                        "main", ",\"metadata\":" + metadata + ",\"top_p\":1.0"));

        assertThat(served(response)).isEqualTo("eu-premium");
        String text = scene.upstream.requests().getLast().text();
        assertThat(text).contains("\"top_p\":1.0");
        if (sent == null) {
            assertThat(text).doesNotContain("metadata");
        } else {
            assertThat(text).contains("\"metadata\":" + sent);
        }
    }

    @Test
    void metadata_of_an_alias_without_tags_is_left_alone() throws Exception {
        String more = ",\"metadata\":{\"tags\":[\"for my log\"]}";

        assertThat(served(scene.gateway().post(Scenery.CHAT, TestGateway.chat("untagged", more))))
                .isEqualTo("plain");
        assertThat(scene.upstream.requests().getLast().text()).contains(more);
    }

    @Test
    void a_session_says_that_it_cannot_keep_to_tags() throws Exception {
        HttpResponse<String> response =
                scene.gateway()
                        .post(
                                Scenery.SESSIONS,
                                "{\"model_alias\":\"main\",\"user_query\":\"hi\"}",
                                TAGS,
                                "eu");

        assertThat(refused(400, response).path("message").asText()).contains("x-magic-tags");
    }

    private static JsonNode refused(int status, HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return Json.read(response.body()).path("error");
    }
}
