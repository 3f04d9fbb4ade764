package io.magicproxy.tool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tools of several sources; of two with the same name, that of the earlier source is taken. */
public final class Toolbox implements ToolSource {
    private final List<ToolSource> sources;

    public Toolbox(List<ToolSource> sources) {
        this.sources = List.copyOf(sources);
    }

    @Override
    public List<Tool> tools() {
        Set<String> names = new HashSet<>();
        List<Tool> all = new ArrayList<>();
        for (ToolSource source : sources) {
            for (Tool tool : source.tools()) {
                if (names.add(tool.spec().name())) {
                    all.add(tool);
                }
            }
        }
        return all;
    }

    @Override
    public Optional<Tool> find(String name) {
        return sources.stream().flatMap(source -> source.find(name).stream()).findFirst();
    }

    @Override
    public Optional<String> absence(String name) {
        return sources.stream().flatMap(source -> source.absence(name).stream()).findFirst();
    }

    @Override
    public void onChange(Runnable action) {
        sources.forEach(source -> source.onChange(action));
    }
}
