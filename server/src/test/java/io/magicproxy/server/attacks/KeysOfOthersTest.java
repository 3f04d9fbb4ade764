package io.magicproxy.server.attacks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.Logins;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ways to a key: by the time that a comparison takes, or by an upstream that sends it elsewhere.
 */
class KeysOfOthersTest {
    private static final JavaClasses ACCESS =
            new ClassFileImporter().importClasses(AccessRules.class, Logins.class);

    @TempDir private Path folder;

    /** Told by how it is built, since a measured time proves nothing on a busy machine. */
    @Test
    void a_key_is_compared_by_its_hash_in_constant_time() {
        methods()
                .that()
                .haveName("isMaster")
                .or()
                .haveName("hasToken")
                .should(
                        new ArchCondition<>("compare with MessageDigest.isEqual alone") {
                            @Override
                            public void check(JavaMethod method, ConditionEvents events) {
                                boolean constant =
                                        method.getMethodCallsFromSelf().stream()
                                                .anyMatch(call ->
                                                        call.getTargetOwner()
                                                                        .isEquivalentTo(
                                                                                MessageDigest.class)
                                                                && call.getName()
                                                                        .equals("isEqual"));
                                boolean early =
                                        method.getMethodCallsFromSelf().stream()
                                                .anyMatch(call ->
                                                        List.of("equals", "compareTo", "startsWith")
                                                                .contains(call.getName()));
                                events.add(
                                        new SimpleConditionEvent(
                                                method, constant && !early, method.getFullName()));
                            }
                        })
                .check(ACCESS);
        noFields()
                .that()
                .areDeclaredIn(AccessRules.class)
                .and()
                .haveNameMatching("(?i).*key.*")
                .should()
                .haveRawType(String.class)
                .as("the key is kept as its hash")
                .check(ACCESS);
    }

    @Test
    void an_upstream_cannot_have_a_key_sent_elsewhere() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start();
                ScriptedUpstream thief = ScriptedUpstream.start()) {
            thief.always(_ -> Reply.json(200, "{\"choices\":[]}"));
            TestGateway.Builder builder =
                    TestGateway.in(folder)
                            .keys("mine", "sk-of-the-pool-0123")
                            .config(
                                    """
                                    model_list:
                                      - model_name: gpt
                                        provider: openai
                                        key_pool: mine
                                        model_params: {model: m, api_base: '%s'}
                                    router_settings: {num_retries: 0}
                                    sandbox_settings: {isolation: in_process}
                                    """
                                            .formatted(upstream.url()));
            try (TestGateway gateway = builder.start()) {
                for (int status : new int[] {301, 302, 303, 307, 308}) {
                    upstream.enqueue(Reply.json(status, "{}", "Location", thief.url() + "/v1"));
                    HttpResponse<String> answer =
                            gateway.post("/v1/chat/completions", TestGateway.chat("gpt", ""));
                    assertThat(answer.statusCode()).as("after " + status).isBetween(400, 599);
                }
            }
            assertThat(upstream.requests()).isNotEmpty();
            assertThat(thief.requests()).isEmpty();
        }
    }

    @Test
    void no_configuration_names_an_address_where_clouds_keep_a_machine_s_secrets()
            throws Exception {
        String profile =
                """
                model_list: [{model_name: m, provider: openai, key_pool: mine, model_params: {model: m, api_base: 'http://%s/v1'}}]
                sandbox_settings: {isolation: in_process}
                """;
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .keys("mine", "sk-of-the-pool-0123")
                        .config(profile.formatted("127.0.0.1:9"))
                        .start()) {
            for (String host :
                    List.of(
                            "169.254.169.254",
                            "2852039166",
                            "0xa9fea9fe",
                            "0251.0376.0251.0376",
                            "169.254.43518",
                            "[::ffff:169.254.169.254]",
                            "[fe80::1]",
                            "[fd00:ec2::254]",
                            "100.100.100.200",
                            "168.63.129.16",
                            "metadata.google.internal")) {
                HttpResponse<String> answer =
                        gateway.post(
                                "/admin/config",
                                Json.text(Json.object().put("content", profile.formatted(host))),
                                "If-Match",
                                "*");
                // A spelling that isn't told at once leads nowhere when it is called.
                if (answer.statusCode() != 422) {
                    assertThat(answer.statusCode()).isEqualTo(200);
                    HttpResponse<String> called =
                            gateway.post("/v1/chat/completions", TestGateway.chat("m", ""));
                    assertThat(called.body()).as(host).containsAnyOf("link-local", "resolve");
                } else {
                    assertThat(answer.body())
                            .as(host)
                            .containsAnyOf("link-local", "must be an http");
                }
            }
        }
    }
}
