package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that are tried before they are saved, and what an editor offers. */
class ScriptChecksTest {
    private static final String PLAN =
            "import { words } from './lib/words.js';\nexport const run = (ctx) => words + ctx.llm('ask');\n";
    private static final String SCENARIO =
            """
            scenarios:
              - name: asks once
                input: {query: "What?"}
                calls:
                  - model: {contains: "ask", text: "that"}
                expect: {answer: "this that"}
            """;

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        write("patterns/plan.js", PLAN);
        write("patterns/bare.js", "export const run = () => 'x';\n");
        write("patterns/lib/words.js", "export const words = 'this ';\n");
        write("patterns/plan.scenario.yaml", SCENARIO);
        write("patterns/magic-proxy.d.ts", "interface Ctx {}\n");
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void a_text_that_would_not_load_is_told_with_its_place_and_nothing_is_written()
            throws Exception {
        JsonNode broken = verdict("patterns/plan", PLAN + "const x = ;\n");
        assertThat(broken.path("valid").asBoolean()).isFalse();
        JsonNode problem = broken.at("/problems/0");
        assertThat(problem.path("path").asText()).isEqualTo("plan.js");
        assertThat(problem.path("line").asInt()).isEqualTo(3);
        assertThat(problem.path("col")).isEqualTo(problem.path("column"));
        assertThat(problem.path("endCol").asInt()).isGreaterThan(problem.path("col").asInt());

        JsonNode helper = verdict("patterns/lib/words.js", "export const wrods = 1;\n");
        assertThat(helper.at("/problems/0/name").asText()).isEqualTo("plan");
        assertThat(verdict("patterns/plan", PLAN + "// fine\n").path("valid").asBoolean()).isTrue();
        assertThat(verdict("patterns/new.py", "def run(ctx):\n    return 1\n").path("valid"))
                .isEqualTo(Json.object().booleanNode(true));
        assertThat(verdict("tools/new.py", "def run(:\n").at("/problems/0/line").asInt())
                .isEqualTo(1);
        assertThat(folder.resolve("patterns/plan.js")).hasContent(PLAN);
        assertThat(folder.resolve("patterns/new.py")).doesNotExist();
        assertThat(gateway.json("/admin/patterns/plan").path("versions")).hasSize(1);
    }

    @Test
    void a_validation_of_what_can_not_be_is_refused() throws Exception {
        assertThat(validate("patterns/nobody", "1").statusCode()).isEqualTo(404);
        assertThat(validate("patterns/..%2fx.js", "1").statusCode()).isEqualTo(400);
        assertThat(validate("patterns/plan.py", "def run(ctx): pass\n").statusCode())
                .isEqualTo(409);
        assertThat(gateway.post("/admin/patterns/plan/validate", "{}").statusCode()).isEqualTo(400);
        assertThat(gateway.post("/admin/patterns/plan/nothing", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void scenarios_run_for_the_saved_text_and_for_one_that_is_not_saved() throws Exception {
        JsonNode saved = scenario("plan", "{}");
        assertThat(saved.path("passed").asBoolean()).as(saved.toString()).isTrue();
        assertThat(saved.at("/results/0/scenario").asText()).isEqualTo("asks once");
        assertThat(saved.at("/results/0/trace")).isNotEmpty();
        assertThat(gateway.send("POST", "/admin/patterns/plan/scenario", "").body())
                .contains("\"passed\":true");

        JsonNode other =
                scenario("plan", body("content", PLAN.replace("words +", "'not ' + words +")));
        assertThat(other.path("passed").asBoolean()).isFalse();
        assertThat(other.at("/results/0/differences/0").asText())
                .contains("plan.scenario.yaml:6:", "not this that");
        JsonNode wish = scenario("plan", body("scenario", SCENARIO.replace("this that", "other")));
        assertThat(wish.path("passed").asBoolean()).isFalse();
        assertThat(folder.resolve("patterns/plan.js")).hasContent(PLAN);
        assertThat(gateway.json("/admin/patterns/plan/scenario").path("content").asText())
                .isEqualTo(SCENARIO);
    }

    @Test
    void scenarios_of_tools_run_with_recorded_answers() throws Exception {
        String scenario =
                """
                scenarios:
                  - name: knows its key and asks
                    env: {KEY: of-the-scenario}
                    calls:
                      - fetch: {url: 'https://api.example.com/', headers: {X-Key: of-the-scenario}, answer: {body: seen}}
                    expect: {result: seen}
                """;
        String look =
                """
                export const manifest = { network: ['api.example.com'] };
                /** Looks. */
                export const run = () => tool.fetch('https://api.example.com/', { headers: { 'X-Key': tool.env.KEY } }).text;
                """;
        write("tools/look.js", look);
        write("tools/look.scenario.yaml", scenario);
        write("env/look.env", "KEY=of-the-gateway\n");
        Waiting.until(() -> gateway.get("/admin/tools/look").statusCode() == 200);
        // It isn't granted what it asks for, and can be tested all the same.
        assertThat(gateway.get("/tools/look").statusCode()).isEqualTo(404);

        JsonNode saved = scenario("tools", "look", "{}");
        assertThat(saved.path("passed").asBoolean()).as(saved.toString()).isTrue();
        assertThat(saved.path("tool").asText()).isEqualTo("look");
        assertThat(saved.at("/results/0/trace/0").asText())
                .isEqualTo("fetch GET https://api.example.com/");
        JsonNode other =
                scenario("tools", "look", body("content", look.replace(".text", ".status")));
        assertThat(other.at("/results/0/differences/0").asText())
                .contains("look.scenario.yaml:6:22", "actual:   200");
        assertThat(gateway.json("/admin/tools/look/scenario").path("content").asText())
                .isEqualTo(scenario);
        assertThat(gateway.post("/admin/tools/lok/scenario", "{}").body())
                .contains("there is no tool", "did you mean \\\"look\\\"?");
        assertThat(gateway.json("/admin/tools").path("tools")).hasSize(1);
    }

    @Test
    void what_can_not_be_run_says_why() throws Exception {
        JsonNode broken = scenario("plan", body("content", "export const run = ("));
        assertThat(broken.path("passed").asBoolean()).isFalse();
        assertThat(broken.at("/problems/0").asText()).contains("doesn't load", "plan.js:1:");
        assertThat(scenario("plan", body("scenario", "scenarios: 1")).at("/problems/0").asText())
                .contains("plan.scenario.yaml:1:");

        HttpResponse<String> none = gateway.post("/admin/patterns/bare/scenario", "{}");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("bare.scenario.yaml");
        assertThat(gateway.get("/admin/patterns/bare/scenario").statusCode()).isEqualTo(404);
        assertThat(gateway.post("/admin/patterns/plam/scenario", "{}").body())
                .contains("did you mean \\\"plan\\\"?");
    }

    @Test
    void every_template_loads_as_it_is() throws Exception {
        JsonNode templates = gateway.json("/admin/templates").path("templates");
        assertThat(templates).hasSize(6);
        for (JsonNode template : templates) {
            JsonNode verdict =
                    verdict(
                            template.path("kind").asText() + "s/" + template.path("file").asText(),
                            template.path("content").asText());
            assertThat(verdict.path("valid").asBoolean())
                    .as(template.path("id") + ": " + verdict)
                    .isTrue();
        }
    }

    @Test
    void the_typings_are_those_beside_the_scripts() throws Exception {
        JsonNode typings = gateway.json("/admin/typings").path("typings");

        assertThat(typings).isNotEmpty();
        assertThat(typings)
                .anySatisfy(each -> {
                    assertThat(each.path("kind").asText()).isEqualTo("pattern");
                    assertThat(each.path("file").asText()).isEqualTo("magic-proxy.d.ts");
                    assertThat(each.path("content").asText()).isEqualTo("interface Ctx {}\n");
                });
    }

    private JsonNode verdict(String path, String text) throws Exception {
        HttpResponse<String> answer = validate(path, text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body());
    }

    private HttpResponse<String> validate(String path, String text) throws Exception {
        return gateway.post("/admin/" + path + "/validate", body("content", text));
    }

    private JsonNode scenario(String name, String body) throws Exception {
        return scenario("patterns", name, body);
    }

    private JsonNode scenario(String kind, String name, String body) throws Exception {
        HttpResponse<String> answer =
                gateway.post("/admin/" + kind + "/" + name + "/scenario", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body());
    }

    private static String body(String field, String text) {
        return Json.text(Json.object().put(field, text));
    }

    private void write(String path, String text) throws Exception {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
