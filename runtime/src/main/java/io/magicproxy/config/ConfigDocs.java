package io.magicproxy.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reference of the configuration, made from its records. */
public final class ConfigDocs {
    private final StringBuilder text = new StringBuilder();

    private ConfigDocs() {}

    /** Markdown: a table for each section. */
    public static String markdown(Class<? extends Record> root) {
        ConfigDocs docs = new ConfigDocs();
        docs.table(root);
        Map<String, Class<? extends Record>> sections = new LinkedHashMap<>();
        collect("", root, sections);
        sections.forEach((path, type) -> {
            docs.text.append("\n## `").append(path).append("`\n\n");
            docs.table(type);
        });
        return docs.text.toString();
    }

    private static void collect(
            String path, Class<? extends Record> type, Map<String, Class<? extends Record>> into) {
        for (RecordComponent component : Shapes.options(type)) {
            Optional<Class<? extends Record>> inner = section(component.getGenericType());
            if (inner.isPresent()) {
                String suffix = component.getType() == List.class ? "[]" : "";
                String at = (path.isEmpty() ? "" : path + ".") + Shapes.key(component) + suffix;
                into.put(at, inner.get());
                collect(at, inner.get(), into);
            }
        }
    }

    private void table(Class<? extends Record> type) {
        text.append("| key | is | default | meaning |\n|---|---|---|---|\n");
        for (RecordComponent component : Shapes.options(type)) {
            Option option = Shapes.option(component);
            String example =
                    option.example().isEmpty()
                            ? ""
                            : " Example: `" + escaped(option.example()) + "`.";
            row(
                    "`" + Shapes.key(component) + "`",
                    name(component.getGenericType()),
                    standard(component),
                    escaped(option.value()) + example);
        }
        Shapes.rest(type)
                .ifPresent(rest ->
                        row(
                                "any other",
                                "anything",
                                "",
                                escaped(rest.getAnnotation(Rest.class).value())));
    }

    private void row(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String standard(RecordComponent component) {
        String standard = Shapes.option(component).standard();
        if (!standard.isEmpty()) {
            return "`" + standard + "`";
        }
        boolean mayBeEmpty =
                component.getType() == Optional.class
                        || component.getType() == List.class
                        || component.getType() == Map.class
                        || section(component.getGenericType()).isPresent()
                        || !component.getType().getPackageName().startsWith("java.lang");
        return mayBeEmpty ? "" : "required";
    }

    private static String name(Type type) {
        Binder.Kind kind = new Binder.Kind(type);
        if (kind.isOptional()) {
            return name(kind.argument(0));
        }
        if (section(type).isPresent()) {
            return kind.raw() == List.class ? "a list, see below" : "a section, see below";
        }
        if (kind.raw() == List.class) {
            return "a list of texts";
        }
        if (kind.raw() == Map.class) {
            return "a mapping of names to lists";
        }
        if (kind.raw() == Duration.class) {
            return "a duration";
        }
        if (kind.raw() == DataSize.class) {
            return "a size";
        }
        return kind.raw() == SecretRef.class
                ? "a secret"
                : kind.raw().getName().startsWith("com.fasterxml")
                        ? "anything"
                        : Binder.Kind.name(kind.raw());
    }

    /** The record behind a section, a list of sections, or neither. */
    private static Optional<Class<? extends Record>> section(Type type) {
        Type inner =
                type instanceof ParameterizedType p && p.getRawType() == List.class
                        ? p.getActualTypeArguments()[0]
                        : type;
        boolean record =
                inner instanceof Class<?> c
                        && c.isRecord()
                        && c != DataSize.class
                        && c != SecretRef.class;
        return record ? Optional.of(((Class<?>) inner).asSubclass(Record.class)) : Optional.empty();
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
