package io.magicproxy.tool.scenario;

import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolSource;
import java.util.List;
import java.util.Optional;

/** The tool that is tested, alone. */
record OneTool(Tool tool) implements ToolSource {
    @Override
    public List<Tool> tools() {
        return List.of(tool);
    }

    @Override
    public Optional<Tool> find(String name) {
        return Optional.of(tool).filter(it -> it.spec().name().equals(name));
    }

    @Override
    public void onChange(Runnable action) {
        // It never changes.
    }
}
