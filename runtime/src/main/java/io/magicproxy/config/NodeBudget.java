package io.magicproxy.config;

import org.yaml.snakeyaml.nodes.Node;

/** What a file may hold once its aliases are followed: a bomb is a few lines long. */
final class NodeBudget {
    static final int MAX_DEPTH = 60;
    private static final int MAX_COST = 200_000;

    /** Paths and texts are copied with each alias, so length costs as well. */
    private static final int CHARACTERS = 100;

    private int spent;

    /**
     * Pays for one node.
     *
     * @param characters of what is made for it
     */
    void spend(Node node, int depth, int characters) {
        spent += 1 + characters / CHARACTERS;
        if (spent > MAX_COST || depth > MAX_DEPTH) {
            throw new SpentException(YamlReader.place(node));
        }
    }

    /** Aliases of aliases, or nesting without an end. */
    static final class SpentException extends RuntimeException {
        private final transient Place place;

        SpentException(Place place) {
            super("the file holds too much, once its aliases are followed");
            this.place = place;
        }

        Place place() {
            return place;
        }
    }
}
