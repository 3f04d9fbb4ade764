package io.magicproxy.tool;

import java.util.List;
import java.util.Optional;

/** Where tools come from: a folder of scripts, a remote server. What it offers changes live. */
public interface ToolSource {
    /** In a stable order. */
    List<Tool> tools();

    Optional<Tool> find(String name);

    /** The action is run after each change of what is offered; it must be quick. */
    void onChange(Runnable action);
}
