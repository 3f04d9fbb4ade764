package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes the tables of {@code docs/config.md} from the records that the file is read into. */
public final class ConfigDocs {
    private final StringBuilder out = new StringBuilder();

    private ConfigDocs() {}

    /** One table for the file itself, and one for each section, in the order of the records. */
    public static String tables(Class<? extends Record> root) {
        ConfigDocs docs = new ConfigDocs();
        docs.table("", root);
        return docs.out.toString();
    }

    private void table(String path, Class<? extends Record> type) {
        out.append(path.isEmpty() ? "## Sections\n\n" : "\n## `" + path + "`\n\n");
        out.append("| key | type | default | meaning | example |\n|---|---|---|---|---|\n");
        List<Section> sections = new ArrayList<>();
        for (RecordComponent component : Shapes.components(type)) {
            row(path, component);
            section(path, component).ifPresent(sections::add);
        }
        sections.forEach(section -> table(section.path, section.type));
    }

    private record Section(String path, Class<? extends Record> type) {}

    private void row(String path, RecordComponent component) {
        if (component.isAnnotationPresent(Rest.class)) {
            cells("any other", "anything", "", component.getAnnotation(Rest.class).value(), "");
            return;
        }
        Option option = Shapes.option(component);
        String type =
                section(path, component)
                        .map(section ->
                                (isList(component)
                                                ? "list of ["
                                                : isMap(component) ? "name → [" : "[")
                                        + "`"
                                        + section.path
                                        + "`](#"
                                        + anchor(section.path)
                                        + ")")
                        .orElseGet(() -> name(component.getGenericType()));
        cells(
                code(Shapes.key(component)),
                type,
                standard(component, option),
                option.value(),
                code(option.example()));
    }

    private void cells(String... cells) {
        out.append(
                List.of(cells).stream()
                        .map(cell -> cell.replace("|", "\\|"))
                        .collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String standard(RecordComponent component, Option option) {
        if (!option.standard().isEmpty()) {
            return code(option.standard());
        }
        return isRequired(component) ? "**required**" : "";
    }

    /** A section is, if one of its keys is: left out, it would be asked for it. */
    private static boolean isRequired(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isRecord() && type != SecretRef.class && type != DataSize.class) {
            return Shapes.options(type.asSubclass(Record.class)).stream()
                    .anyMatch(ConfigDocs::isRequired);
        }
        return Shapes.option(component).standard().isEmpty()
                && (type == String.class || type.isPrimitive());
    }

    private static boolean isList(RecordComponent component) {
        return component.getType() == List.class;
    }

    private static boolean isMap(RecordComponent component) {
        return component.getType() == Map.class;
    }

    private static Optional<Section> section(String path, RecordComponent component) {
        if (!component.isAnnotationPresent(Option.class)) {
            return Optional.empty();
        }
        ValueType type = new ValueType(component.getGenericType());
        Class<?> raw =
                isList(component) || type.isOptional()
                        ? new ValueType(type.argument(0)).raw()
                        : isMap(component) ? new ValueType(type.argument(1)).raw() : type.raw();
        if (!raw.isRecord() || raw == SecretRef.class || raw == DataSize.class) {
            return Optional.empty();
        }
        String key =
                Shapes.key(component)
                        + (isList(component) ? "[]" : isMap(component) ? ".<name>" : "");
        return Optional.of(
                new Section(path.isEmpty() ? key : path + "." + key, raw.asSubclass(Record.class)));
    }

    private static String name(Type of) {
        ValueType type = new ValueType(of);
        Class<?> raw = type.raw();
        if (type.isOptional()) {
            return name(type.argument(0));
        } else if (raw == List.class) {
            return "list of " + name(type.argument(0));
        } else if (raw == Map.class) {
            return "name → " + name(type.argument(1));
        } else if (raw == SecretRef.class) {
            return "secret";
        } else if (JsonNode.class.isAssignableFrom(raw)) {
            return "anything";
        } else if (raw.isEnum()) {
            return ValueType.names(raw).stream()
                    .map(ConfigDocs::code)
                    .collect(Collectors.joining(" or "));
        }
        return ValueType.name(raw).replaceFirst(" \\(.*", "").replaceFirst("^an? ", "");
    }

    /** As the usual renderers make it of a heading. */
    private static String anchor(String path) {
        return path.replaceAll("[^a-z0-9_-]", "");
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
