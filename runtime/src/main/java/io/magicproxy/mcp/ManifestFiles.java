package io.magicproxy.mcp;

import io.magicproxy.prompt.TextFile;
import io.magicproxy.prompt.TextFolder;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The texts of a folder as resources, {@code manifest:///<file>}. */
public final class ManifestFiles implements ResourceSource {
    private static final String BASE = "manifest:///";
    private static final String VARIABLE = "file";
    private static final String TEMPLATE = BASE + "{" + VARIABLE + "}";

    private final TextFolder folder;

    public ManifestFiles(TextFolder folder) {
        this.folder = folder;
    }

    private static String uri(String file) {
        return BASE + URLEncoder.encode(file, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String type(TextFile file) {
        return file.markdown() ? "text/markdown" : "text/plain";
    }

    @Override
    public List<McpSchema.Resource> resources() {
        return folder.all().stream().map(ManifestFiles::shown).toList();
    }

    private static McpSchema.Resource shown(TextFile file) {
        var shown =
                McpSchema.Resource.builder(uri(file.file()), file.file())
                        .title(file.title())
                        .mimeType(type(file))
                        .size((long) file.body().getBytes(StandardCharsets.UTF_8).length)
                        .annotations(
                                McpSchema.Annotations.builder()
                                        .lastModified(file.modified().toString())
                                        .build());
        file.header().description().ifPresent(shown::description);
        return shown.build();
    }

    @Override
    public List<McpSchema.ResourceTemplate> templates() {
        return List.of(
                McpSchema.ResourceTemplate.builder(TEMPLATE, "manifest")
                        .title("Manifest")
                        .description("One of the gateway's manifests, by its file's name.")
                        .build());
    }

    @Override
    public Optional<McpSchema.ResourceContents> read(String uri) {
        return folder.all().stream()
                .filter(file -> uri.equals(uri(file.file())) || decoded(uri).equals(file.file()))
                .findFirst()
                .map(file ->
                        McpSchema.TextResourceContents.builder(uri, file.body())
                                .mimeType(type(file))
                                .build());
    }

    /** The file's name of an address that was encoded in another way than ours. */
    private static String decoded(String uri) {
        if (!uri.startsWith(BASE)) {
            return "";
        }
        try {
            return URLDecoder.decode(
                    uri.substring(BASE.length()).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    @Override
    public List<String> values(String uriTemplate, String variable) {
        return variable.equals(VARIABLE)
                ? folder.all().stream().map(TextFile::file).toList()
                : List.of();
    }

    @Override
    public void onChange(Consumer<Set<String>> action) {
        folder.onChange(files ->
                action.accept(files.stream().map(ManifestFiles::uri).collect(Collectors.toSet())));
    }
}
