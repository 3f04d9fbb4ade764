package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.files.SharedFiles;
import io.magicproxy.gateway.ConfigEditor;
import io.magicproxy.gateway.ConfigIntake;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.TextFolders;
import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.prompt.TextIntake;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.redis.RedisStores;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The files of this process that are shared with other gateways, if there is a store for that. */
record FileSharing(Optional<SharedFiles> files) {
    /**
     * Takes what the others have saved, and from now on what they save.
     *
     * @param own this process's own state, in its data folder
     */
    static FileSharing start(
            Optional<RedisStores> redis,
            Folders folders,
            SharedState own,
            Path data,
            OpenThings open) {
        return new FileSharing(
                redis.map(store -> {
                    var files =
                            new SharedFiles(
                                    new SharedFiles.Shared(store.files(), store.versions()),
                                    new SharedFiles.Own(
                                            folders.intakes(), own, data.resolve("replaced")));
                    folders.scripts().share(files::versions);
                    files.start();
                    folders.reload();
                    return open.opened(files);
                }));
    }

    /** Where the files are. */
    record Folders(Gateway gateway, ScriptFolders scripts, TextFolders texts) {
        /**
         * A configuration that has just been taken may have come before its watcher's first look.
         */
        private void reload() {
            if (gateway.editor().read() instanceof ConfigEditor.Reading.Read(var text)
                    && !text.version().equals(gateway.current().version())) {
                var _ = gateway.reload();
            }
        }

        private Map<Kind, Intake> intakes() {
            Map<Kind, Intake> all = new EnumMap<>(Kind.class);
            all.putAll(scripts.intakes());
            all.put(Kind.PROMPT, new TextIntake(texts.prompts()));
            all.put(Kind.MANIFEST, new TextIntake(texts.manifests()));
            all.put(Kind.CONFIG, new ConfigIntake(gateway));
            return all;
        }
    }

    /** For those who save files of that kind. */
    Sharing of(Kind kind) {
        return files.map(shared -> shared.of(kind)).orElseGet(Sharing::none);
    }

    /** Adds how it fares. */
    void health(ObjectNode health) {
        files.map(SharedFiles::status)
                .ifPresent(status -> {
                    ObjectNode json = health.putObject("saved_files").put("seq", status.seq());
                    ArrayNode untold = json.putArray("untold");
                    status.untold().forEach(untold::add);
                    ObjectNode unwritten = json.putObject("unwritten");
                    status.unwritten().forEach(unwritten::put);
                    ArrayNode kept = json.putArray("kept");
                    status.kept().forEach(kept::add);
                });
    }
}
