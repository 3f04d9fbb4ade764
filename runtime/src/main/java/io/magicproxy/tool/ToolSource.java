package io.magicproxy.tool;

import java.util.List;
import java.util.Optional;

/** Where tools come from: a folder of scripts, a remote server. What it offers changes live. */
public interface ToolSource {
    /** In a stable order. */
    List<Tool> tools();

    Optional<Tool> find(String name);

    /** Why a tool of this name can't be called now, if it is known and will perhaps come back. */
    default Optional<String> absence(String name) {
        return Optional.empty();
    }

    /** The action is run after each change of what is offered; it must be quick. */
    void onChange(Runnable action);
}
