package io.magicproxy.server.mcp;

import io.magicproxy.mcp.PromptSource;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The prompts that the conformance suite asks for. */
final class FixturePrompts implements PromptSource {
    private record Fixture(Prompt prompt, Function<Map<String, String>, List<Content>> content)
            implements Offered {
        @Override
        public List<PromptMessage> messages(Map<String, String> arguments) {
            return content.apply(arguments).stream()
                    .map(each -> new PromptMessage(Role.USER, each))
                    .toList();
        }

        @Override
        public List<String> values(String argument) {
            return argument.equals("arg1") ? List.of("testing", "tester", "other") : List.of();
        }
    }

    @Override
    public List<Offered> prompts() {
        return List.of(
                prompt(
                        "test_simple_prompt",
                        _ -> List.of(text("This is a simple prompt for testing."))),
                prompt(
                        "test_prompt_with_arguments",
                        given ->
                                List.of(
                                        text(
                                                "Prompt with arguments: arg1='"
                                                        + given.get("arg1")
                                                        + "', arg2='"
                                                        + given.get("arg2")
                                                        + "'")),
                        "arg1",
                        "arg2"),
                prompt(
                        "test_prompt_with_embedded_resource",
                        given ->
                                List.of(
                                        EmbeddedResource.builder(
                                                        TextResourceContents.builder(
                                                                        String.valueOf(
                                                                                given.get(
                                                                                        "resourceUri")),
                                                                        "Embedded resource content for testing.")
                                                                .mimeType("text/plain")
                                                                .build())
                                                .build(),
                                        text("Please process the embedded resource above.")),
                        "resourceUri"),
                prompt(
                        "test_prompt_with_image",
                        _ ->
                                List.of(
                                        ImageContent.builder(FixtureTools.PNG, "image/png").build(),
                                        text("Please analyze the image above."))));
    }

    private static Offered prompt(
            String name, Function<Map<String, String>, List<Content>> content, String... needs) {
        return new Fixture(
                Prompt.builder(name)
                        .description("A fixture of the conformance suite.")
                        .arguments(
                                Stream.of(needs)
                                        .map(need ->
                                                PromptArgument.builder(need).required(true).build())
                                        .toList())
                        .build(),
                content);
    }

    private static Content text(String text) {
        return TextContent.builder(text).build();
    }

    @Override
    public void onChange(Runnable action) {
        // They stay.
    }
}
