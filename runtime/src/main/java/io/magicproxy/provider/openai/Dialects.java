package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider.KeyNeed;
import io.magicproxy.provider.openai.Dialect.Rename;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The dialects that are known by name. Any other compatible server is {@code openai} or {@code
 * local} with an api_base.
 */
final class Dialects {
    private static final String MODELS = "/models";

    private static final Pattern ALL = Pattern.compile(".*");

    /** OpenAI's reasoning models refuse {@code max_tokens}. */
    private static final Pattern REASONING = Pattern.compile("(o\\d|gpt-[5-9]).*");

    private static final Rename NEW_LIMIT =
            new Rename("max_tokens", "max_completion_tokens", REASONING);
    private static final Rename OLD_LIMIT = new Rename("max_completion_tokens", "max_tokens", ALL);

    private static final List<String> FOREIGN =
            List.of("reasoning_content", "thinking_blocks", "extra_content");
    private static final List<String> FOREIGN_BUT_REASONING =
            List.of("thinking_blocks", "extra_content");

    static final Dialect OPENAI =
            dialect("openai", "https://api.openai.com/v1", true, List.of(NEW_LIMIT), FOREIGN);

    /** A deployment's name tells nothing of its model, so that no field can be renamed by it. */
    static final Dialect AZURE =
            new Dialect(
                    "azure",
                    Optional.empty(),
                    List.of(
                            ".openai.azure.com",
                            ".cognitiveservices.azure.com",
                            ".services.ai.azure.com"),
                    KeyNeed.REQUIRED,
                    MODELS,
                    true,
                    List.of(NEW_LIMIT),
                    FOREIGN);

    static final List<Dialect> NAMED =
            List.of(
                    OPENAI,
                    // https://docs.mistral.ai/api: no stream_options, random_seed, extra fields are
                    // a 422.
                    dialect(
                            "mistral",
                            "https://api.mistral.ai/v1",
                            false,
                            List.of(OLD_LIMIT, new Rename("seed", "random_seed", ALL)),
                            FOREIGN),
                    // https://api-docs.deepseek.com: wants its reasoning_content back while tools
                    // are used.
                    dialect(
                            "deepseek",
                            "https://api.deepseek.com",
                            true,
                            List.of(OLD_LIMIT),
                            FOREIGN_BUT_REASONING),
                    dialect("groq", "https://api.groq.com/openai/v1", true, List.of(), FOREIGN),
                    dialect(
                            "together",
                            "https://api.together.xyz/v1",
                            true,
                            List.of(OLD_LIMIT),
                            FOREIGN),
                    // OpenRouter translates for many vendors and reads their fields. Its list of
                    // models is open to everybody; what a key may do is not.
                    new Dialect(
                            "openrouter",
                            Optional.of(URI.create("https://openrouter.ai/api/v1")),
                            List.of(),
                            KeyNeed.REQUIRED,
                            "/key",
                            true,
                            List.of(),
                            List.of()),
                    // vLLM, Ollama, llama.cpp, LM Studio: Ollama's port, if none is given.
                    new Dialect(
                            "local",
                            Optional.of(URI.create("http://127.0.0.1:11434/v1")),
                            List.of(),
                            KeyNeed.OPTIONAL,
                            MODELS,
                            true,
                            List.of(OLD_LIMIT),
                            FOREIGN_BUT_REASONING));

    private Dialects() {}

    private static Dialect dialect(
            String id,
            String base,
            boolean streamUsage,
            List<Rename> renames,
            List<String> messageDrops) {
        return new Dialect(
                id,
                Optional.of(URI.create(base)),
                List.of(),
                KeyNeed.REQUIRED,
                MODELS,
                streamUsage,
                renames,
                messageDrops);
    }
}
