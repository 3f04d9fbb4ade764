package io.magicproxy.tool.script;

import io.magicproxy.plugin.Plugin;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolSource;
import java.util.List;
import java.util.Optional;

/** The tools of a watched folder. */
public final class ScriptToolFolder implements ToolSource {
    private final PluginRegistry<ScriptTool> registry;

    public ScriptToolFolder(PluginRegistry<ScriptTool> registry) {
        this.registry = registry;
    }

    @Override
    public List<Tool> tools() {
        return registry.all().values().stream().<Tool>map(Plugin::value).toList();
    }

    @Override
    public Optional<Tool> find(String name) {
        return registry.find(name).map(Plugin::value);
    }

    @Override
    public void onChange(Runnable action) {
        registry.onChange(_ -> action.run());
    }
}
