package io.magicproxy.config;

import io.magicproxy.config.ConfigNode.Entry;
import io.magicproxy.config.ConfigNode.Kind;
import io.magicproxy.config.ConfigProblem.Severity;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads YAML into {@link ConfigNode}s. Whatever is wrong becomes a problem, never an exception. */
final class YamlReader {
    private static final int MAX_ALIASES = 200;
    private static final int MAX_DEPTH = 60;
    private static final int MAX_NODES = 200_000;
    private static final int MAX_CHARS = 16 * 1024 * 1024;

    private final EnvironmentReferences references;
    private final Problems problems;
    private int nodes;

    YamlReader(EnvironmentReferences references, Problems problems) {
        this.references = references;
        this.problems = problems;
    }

    /** The file's root; absent if it can't be read at all. */
    Optional<ConfigNode> read(byte[] yaml) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
            Node root = new Yaml(options()).compose(new StringReader(text));
            return root == null ? Optional.empty() : Optional.of(node("", root, 0));
        } catch (CharacterCodingException e) {
            fail(Place.START, "the file is not valid UTF-8; save it in that encoding");
        } catch (MarkedYAMLException e) {
            fail(place(e.getProblemMark()), "YAML: " + problem(e));
        } catch (TooLargeException e) {
            fail(e.place, String.valueOf(e.getMessage()));
        } catch (YAMLException | IllegalArgumentException e) {
            fail(Place.START, "YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            fail(Place.START, "YAML: the file nests too deeply");
        }
        return Optional.empty();
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARS);
        return options;
    }

    private static String problem(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? "not understood" : e.getProblem();
        String tab = problem.contains("'\\t(TAB)'") ? "; indent with spaces" : "";
        return (e.getContext() == null ? problem : e.getContext() + ", " + problem) + tab;
    }

    private void fail(Place place, String message) {
        problems.add(Severity.ERROR, "", place, message);
    }

    private ConfigNode node(String path, Node node, int depth) {
        Place place = place(node);
        if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
            throw new TooLargeException(place);
        }
        return switch (node) {
            case MappingNode mapping -> mapping(path, mapping, depth);
            case SequenceNode sequence -> {
                List<ConfigNode> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(node(path + "[" + items.size() + "]", item, depth + 1));
                }
                yield new ConfigNode.Sequence(path, place, List.copyOf(items));
            }
            case ScalarNode scalar -> scalar(path, scalar);
            default -> throw new TooLargeException(place);
        };
    }

    private ConfigNode.Mapping mapping(String path, MappingNode mapping, int depth) {
        Map<String, Entry> own = new LinkedHashMap<>();
        Map<String, Entry> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                if (key.getTag().equals(Tag.MERGE)) {
                    merge(path, tuple.getValueNode(), depth, merged);
                } else {
                    own(path, key, tuple.getValueNode(), depth, own);
                }
            } else {
                problems.add(
                        Severity.ERROR,
                        path,
                        place(tuple.getKeyNode()),
                        "a key must be a plain word");
            }
        }
        // What is written here wins over what is merged in.
        merged.forEach(own::putIfAbsent);
        return new ConfigNode.Mapping(path, place(mapping), own);
    }

    private void own(String path, ScalarNode key, Node value, int depth, Map<String, Entry> into) {
        String name = key.getValue();
        String at = path.isEmpty() ? name : path + "." + name;
        ConfigNode keyNode =
                new ConfigNode.Scalar(
                        at, place(key), name, Kind.TEXT, Optional.empty(), Optional.empty());
        if (into.putIfAbsent(name, new Entry(keyNode, node(at, value, depth + 1))) != null) {
            problems.error(keyNode, "stands here twice; remove one");
        }
    }

    private void merge(String path, Node from, int depth, Map<String, Entry> into) {
        switch (from) {
            case MappingNode mapping ->
                    mapping(path, mapping, depth + 1).entries().forEach(into::putIfAbsent);
            case SequenceNode sequence ->
                    sequence.getValue().forEach(item -> merge(path, item, depth + 1, into));
            default ->
                    problems.add(
                            Severity.ERROR,
                            path,
                            place(from),
                            "\"<<\" takes a mapping, usually an alias such as *name");
        }
        if (depth > MAX_DEPTH) {
            throw new TooLargeException(place(from));
        }
    }

    private ConfigNode scalar(String path, ScalarNode node) {
        Tag tag = node.getTag();
        Place place = place(node);
        Kind kind = kind(tag);
        if (kind == Kind.TEXT
                && !tag.equals(Tag.STR)
                && !tag.equals(Tag.TIMESTAMP)
                && !tag.equals(Tag.MERGE)) {
            problems.add(Severity.ERROR, path, place, "the tag " + tag + " is not allowed");
        }
        if (kind != Kind.TEXT) {
            return new ConfigNode.Scalar(
                    path, place, node.getValue(), kind, Optional.empty(), Optional.empty());
        }
        EnvironmentReferences.Resolved resolved = references.resolve(node.getValue());
        return new ConfigNode.Scalar(
                path, place, resolved.text(), kind, resolved.unset(), resolved.variable());
    }

    private static Kind kind(Tag tag) {
        if (tag.equals(Tag.NULL)) {
            return Kind.NULL;
        }
        if (tag.equals(Tag.BOOL)) {
            return Kind.BOOLEAN;
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Kind.NUMBER : Kind.TEXT;
    }

    private static Place place(Node node) {
        Mark from = node.getStartMark();
        Mark to = node.getEndMark();
        int column = from.getColumn() + 1;
        int end = to.getLine() == from.getLine() ? to.getColumn() + 1 : column + 1;
        return new Place(from.getLine() + 1, column, Math.max(end, column));
    }

    private static Place place(@Nullable Mark mark) {
        return mark == null
                ? Place.START
                : new Place(mark.getLine() + 1, mark.getColumn() + 1, mark.getColumn() + 2);
    }

    /** Aliases of aliases, or nesting without an end. */
    private static final class TooLargeException extends RuntimeException {
        private final transient Place place;

        TooLargeException(Place place) {
            super("the file holds too much, once its aliases are followed");
            this.place = place;
        }
    }
}
