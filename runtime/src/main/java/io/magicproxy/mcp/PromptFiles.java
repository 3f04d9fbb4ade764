package io.magicproxy.mcp;

import io.magicproxy.prompt.TextFile;
import io.magicproxy.prompt.TextFolder;
import io.magicproxy.prompt.TextHeader.Argument;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;

/** The texts of a folder as prompts, each one message of the user. */
public final class PromptFiles implements PromptSource {
    private final TextFolder folder;

    public PromptFiles(TextFolder folder) {
        this.folder = folder;
    }

    @Override
    public List<Offered> prompts() {
        return folder.all().stream().<Offered>map(PromptFile::new).toList();
    }

    @Override
    public void onChange(Runnable action) {
        folder.onChange(_ -> action.run());
    }

    private record PromptFile(TextFile file) implements Offered {
        @Override
        public McpSchema.Prompt prompt() {
            var prompt = McpSchema.Prompt.builder(file.name()).title(file.title());
            file.header().description().ifPresent(prompt::description);
            return prompt.arguments(file.arguments().stream().map(PromptFile::shown).toList())
                    .build();
        }

        private static McpSchema.PromptArgument shown(Argument argument) {
            var shown =
                    McpSchema.PromptArgument.builder(argument.name())
                            .required(argument.ifAbsent().isEmpty());
            argument.description().ifPresent(shown::description);
            return shown.build();
        }

        @Override
        public List<McpSchema.PromptMessage> messages(Map<String, String> arguments) {
            return List.of(
                    new McpSchema.PromptMessage(
                            McpSchema.Role.USER,
                            McpSchema.TextContent.builder(file.filled(arguments)).build()));
        }

        @Override
        public List<String> values(String argument) {
            return file.arguments().stream()
                    .filter(known -> known.name().equals(argument))
                    .flatMap(known -> known.values().stream())
                    .toList();
        }
    }
}
