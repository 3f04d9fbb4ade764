package io.magicproxy.config;

import io.magicproxy.config.ConfigNode.Entry;
import io.magicproxy.config.ConfigNode.Kind;
import io.magicproxy.config.ConfigProblem.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Makes {@link ConfigNode}s of YAML's nodes: follows aliases, merges, refers to the environment.
 */
final class NodeTree {
    private static final int MAX_KEY = 200;

    private final EnvironmentReferences references;
    private final Problems problems;
    private final NodeBudget budget = new NodeBudget();
    private final Resolver resolver = new Resolver();

    NodeTree(EnvironmentReferences references, Problems problems) {
        this.references = references;
        this.problems = problems;
    }

    ConfigNode root(Node node) {
        return node("", node, 0);
    }

    private ConfigNode node(String path, Node node, int depth) {
        budget.spend(node, depth, path.length());
        return switch (node) {
            case MappingNode mapping -> mapping(path, mapping, depth);
            case SequenceNode sequence -> sequence(path, sequence, depth);
            case ScalarNode scalar -> scalar(path, scalar);
            default -> throw new IllegalStateException("YAML has no other nodes: " + node);
        };
    }

    private ConfigNode sequence(String path, SequenceNode sequence, int depth) {
        refuseTag(path, sequence, Tag.SEQ);
        List<ConfigNode> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(node(path + "[" + items.size() + "]", item, depth + 1));
        }
        return new ConfigNode.Sequence(path, YamlReader.place(sequence), List.copyOf(items));
    }

    private ConfigNode.Mapping mapping(String path, MappingNode mapping, int depth) {
        refuseTag(path, mapping, Tag.MAP);
        Map<String, Entry> own = new LinkedHashMap<>();
        Map<String, Entry> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key
                    && key.getValue().length() <= MAX_KEY) {
                if (key.getTag().equals(Tag.MERGE)) {
                    merge(path, tuple.getValueNode(), depth + 1, merged);
                } else {
                    own(path, key, tuple.getValueNode(), depth, own);
                }
            } else {
                error(path, tuple.getKeyNode(), "a key must be a plain word");
            }
        }
        // What is written here wins over what is merged in.
        merged.forEach(own::putIfAbsent);
        return new ConfigNode.Mapping(path, YamlReader.place(mapping), own);
    }

    private void own(String path, ScalarNode key, Node value, int depth, Map<String, Entry> into) {
        String name = key.getValue();
        String at = path.isEmpty() ? name : path + "." + name;
        ConfigNode keyNode = ConfigNode.Scalar.literal(at, YamlReader.place(key), name, Kind.TEXT);
        if (into.putIfAbsent(name, new Entry(keyNode, node(at, value, depth + 1))) != null) {
            problems.error(keyNode, "stands here twice; remove one");
        }
    }

    private void merge(String path, Node from, int depth, Map<String, Entry> into) {
        budget.spend(from, depth, path.length());
        switch (from) {
            case MappingNode mapping ->
                    mapping(path, mapping, depth).entries().forEach(into::putIfAbsent);
            case SequenceNode sequence ->
                    sequence.getValue().forEach(item -> merge(path, item, depth + 1, into));
            default -> error(path, from, "\"<<\" takes a mapping, usually an alias such as *name");
        }
    }

    private ConfigNode scalar(String path, ScalarNode node) {
        Kind kind = kind(node.getTag());
        if (kind == Kind.TEXT) {
            refuseTag(path, node, Tag.STR, Tag.TIMESTAMP, Tag.MERGE);
            return text(path, node);
        }
        if (kind == Kind.BOOLEAN && Scalars.bool(node.getValue()).isEmpty()) {
            error(path, node, "must be true or false");
        }
        return ConfigNode.Scalar.literal(path, YamlReader.place(node), node.getValue(), kind);
    }

    private ConfigNode text(String path, ScalarNode node) {
        EnvironmentReferences.Resolved resolved = references.resolve(node.getValue());
        if (resolved.variable().isPresent()) {
            budget.spend(node, 0, resolved.text().length());
        }
        return new ConfigNode.Scalar(
                path, YamlReader.place(node), resolved.text(), kind(node, resolved), resolved);
    }

    /** Without quotes a reference's value is what it would be if it stood there. */
    private Kind kind(ScalarNode node, EnvironmentReferences.Resolved resolved) {
        if (!node.isPlain() || resolved.variable().isEmpty() || resolved.unset().isPresent()) {
            return Kind.TEXT;
        }
        Kind kind = kind(resolver.resolve(NodeId.scalar, resolved.text(), true));
        // A variable that says "null" is set: no secret is lost to its spelling.
        return kind == Kind.NULL && resolved.fromEnvironment() ? Kind.TEXT : kind;
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

    private void refuseTag(String path, Node node, Tag... allowed) {
        if (!List.of(allowed).contains(node.getTag())) {
            error(path, node, "the tag " + node.getTag() + " is not allowed; remove it");
        }
    }

    private void error(String path, Node at, String message) {
        problems.add(Severity.ERROR, path, YamlReader.place(at), message);
    }
}
