package io.magicproxy.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.McpCaller;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.ToolSpec;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The tools that the conformance suite asks for. */
final class FixtureTools implements ToolSource {
    static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    private static final String WAV =
            "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

    private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"properties\":{}}";

    private record Fixture(ToolSpec spec, Function<ToolCall, ToolResult> does) implements Tool {
        @Override
        public ToolResult call(ToolCall call) {
            return does.apply(call);
        }
    }

    private final List<Tool> tools =
            List.of(
                    content(
                            "test_simple_text",
                            "{'type':'text','text':'This is a simple text response for testing.'}"),
                    content(
                            "test_image_content",
                            "{'type':'image','data':'" + PNG + "','mimeType':'image/png'}"),
                    content(
                            "test_audio_content",
                            "{'type':'audio','data':'" + WAV + "','mimeType':'audio/wav'}"),
                    content(
                            "test_embedded_resource",
                            "{'type':'resource','resource':{'uri':'test://embedded-resource',"
                                    + "'mimeType':'text/plain','text':'This is an embedded resource content.'}}"),
                    content(
                            "test_multiple_content_types",
                            "{'type':'text','text':'Multiple content types test:'},{'type':'image','data':'"
                                    + PNG
                                    + "','mimeType':'image/png'},{'type':'resource','resource':{'uri':"
                                    + "'test://mixed-content-resource','mimeType':'application/json','text':'{}'}}"),
                    tool("test_tool_with_logging", NO_ARGUMENTS, FixtureTools::logging),
                    tool("test_tool_with_progress", NO_ARGUMENTS, FixtureTools::progress),
                    tool(
                            "test_error_handling",
                            NO_ARGUMENTS,
                            _ ->
                                    new ToolResult.Failed(
                                            "tool_error",
                                            "This tool intentionally returns an error for testing")),
                    tool(
                            "test_sampling",
                            "{\"type\":\"object\",\"properties\":{\"prompt\":{\"type\":\"string\"}},\"required\":[\"prompt\"]}",
                            FixtureTools::sampling),
                    tool(
                            "test_elicitation",
                            "{\"type\":\"object\",\"properties\":{\"message\":{\"type\":\"string\"}},\"required\":[\"message\"]}",
                            call ->
                                    elicited(
                                            call,
                                            call.arguments().path("message").asText(),
                                            "{'type':'object','properties':{'response':{'type':'string',"
                                                    + "'description':'The response'}},'required':['response']}")),
                    tool(
                            "test_elicitation_sep1034_defaults",
                            NO_ARGUMENTS,
                            call -> elicited(call, "Please look at the defaults", DEFAULTS)),
                    tool(
                            "test_elicitation_sep1330_enums",
                            NO_ARGUMENTS,
                            call -> elicited(call, "Please choose", ENUMS)),
                    tool("test_reconnection", NO_ARGUMENTS, FixtureTools::reconnection),
                    tool("json_schema_2020_12_tool", SCHEMA, _ -> text("called")));

    private static final String DEFAULTS =
            """
            {'type':'object','properties':{
              'name':{'type':'string','description':'User name','default':'John Doe'},
              'age':{'type':'integer','description':'User age','default':30},
              'score':{'type':'number','description':'User score','default':95.5},
              'status':{'type':'string','enum':['active','inactive','pending'],'default':'active'},
              'verified':{'type':'boolean','default':true}},'required':[]}
            """;

    private static final String ENUMS =
            """
            {'type':'object','properties':{
              'untitledSingle':{'type':'string','enum':['option1','option2','option3']},
              'titledSingle':{'type':'string','oneOf':[{'const':'value1','title':'First Option'},
                {'const':'value2','title':'Second Option'},{'const':'value3','title':'Third Option'}]},
              'legacyEnum':{'type':'string','enum':['opt1','opt2','opt3'],
                'enumNames':['Option One','Option Two','Option Three']},
              'untitledMulti':{'type':'array','minItems':1,'maxItems':3,
                'items':{'type':'string','enum':['option1','option2','option3']}},
              'titledMulti':{'type':'array','minItems':1,'maxItems':3,
                'items':{'anyOf':[{'const':'value1','title':'First Choice'},
                  {'const':'value2','title':'Second Choice'},{'const':'value3','title':'Third Choice'}]}}},
             'required':[]}
            """;

    private static final String SCHEMA =
            """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
             "$defs":{"address":{"$anchor":"addressDef","type":"object",
               "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
             "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
               "contactMethod":{"type":"string","enum":["phone","email"]},
               "phone":{"type":"string"},"email":{"type":"string"}},
             "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
             "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
             "then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false}
            """;

    @Override
    public List<Tool> tools() {
        return tools;
    }

    @Override
    public Optional<Tool> find(String name) {
        return tools.stream().filter(tool -> tool.spec().name().equals(name)).findFirst();
    }

    @Override
    public void onChange(Runnable action) {
        // They stay.
    }

    private static Tool tool(String name, String schema, Function<ToolCall, ToolResult> does) {
        return new Fixture(
                new ToolSpec(
                        name,
                        name,
                        "A fixture of the conformance suite.",
                        new ToolSchema(object(schema)),
                        new ToolSpec.Conduct(ToolSpec.Effect.NONE, Duration.ofSeconds(20), 16)),
                does);
    }

    private static Tool content(String name, String blocks) {
        return tool(
                name,
                NO_ARGUMENTS,
                _ -> new ToolResult.Ok(object("{\"content\":[" + quoted(blocks) + "]}")));
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private static ObjectNode object(String json) {
        try {
            return (ObjectNode) Json.read(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static ToolResult text(String text) {
        return new ToolResult.Ok(Json.object().textNode(text));
    }

    private static McpCaller caller(ToolCall call) {
        return McpCaller.of(call).orElseThrow();
    }

    private static ToolResult logging(ToolCall call) {
        for (String line :
                List.of(
                        "Tool execution started",
                        "Tool processing data",
                        "Tool execution completed")) {
            caller(call).log(LoggingLevel.INFO, "fixture", line);
        }
        return text("Tool with logging executed successfully");
    }

    private static ToolResult progress(ToolCall call) {
        for (int done : List.of(0, 50, 100)) {
            call.progress().accept(new Progress(done, 100, "Completed step " + done + " of 100"));
        }
        return text("done");
    }

    private static ToolResult sampling(ToolCall call) {
        var question =
                new SamplingMessage(
                        Role.USER,
                        TextContent.builder(call.arguments().path("prompt").asText()).build());
        var answer =
                caller(call)
                        .exchange()
                        .createMessage(
                                CreateMessageRequest.builder(List.of(question), 100).build());
        return text("LLM response: " + ((TextContent) answer.content()).text());
    }

    private static ToolResult elicited(ToolCall call, String message, String schema) {
        @SuppressWarnings("unchecked")
        Map<String, Object> map =
                new com.fasterxml.jackson.databind.ObjectMapper()
                        .convertValue(object(quoted(schema)), Map.class);
        ElicitResult result =
                caller(call)
                        .exchange()
                        .createElicitation(ElicitFormRequest.builder(message, map).build());
        return text(
                "Elicitation completed: action="
                        + result.action()
                        + ", content="
                        + result.content());
    }

    /** Ends its stream; the answer waits for the client to come back. */
    private static ToolResult reconnection(ToolCall call) {
        caller(call).hangUp();
        return text("Reconnection test completed successfully.");
    }
}
