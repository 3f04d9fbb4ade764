package io.magicproxy.prompt;

import io.magicproxy.config.Option;
import java.util.List;
import java.util.Optional;

/** What a text says of itself, in YAML between two lines of {@code ---} at its beginning. */
public record TextHeader(
        @Option("A name for people.") Optional<String> title,
        @Option("What it is for, for people and models.") Optional<String> description,
        @Option("What its placeholders mean.") List<Argument> arguments) {

    /** One placeholder. */
    public record Argument(
            @Option("As it stands in the text, without the braces.") String name,
            @Option("What to give.") Optional<String> description,
            @Option("What stands there if nothing is given; without it something must be.")
                    Optional<String> ifAbsent,
            @Option("What may be offered to choose from; others are allowed.")
                    List<String> values) {}

    static TextHeader none() {
        return new TextHeader(Optional.empty(), Optional.empty(), List.of());
    }
}
