package io.magicproxy.gateway;

import io.magicproxy.config.SecretRef;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.tool.files.GrantedFiles;
import io.magicproxy.tool.net.HostFetch;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.script.ToolPowers;
import io.magicproxy.tool.secret.SecretMask;
import io.magicproxy.tool.secret.ToolEnvironments;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** What the running configuration lets tools do. Owns their way out. */
public final class GatewayPowers implements AutoCloseable {
    private final Gateway gateway;
    private final Path data;
    private final ToolEnvironments environments;
    private final Supplier<Set<String>> more;
    private final UpstreamClient client;

    /** Where the tools' scripts run, and with them their secrets are. */
    public enum Place {
        HERE,
        /** In a process of their own: their secrets are not even read here. */
        ELSEWHERE
    }

    /**
     * @param data the folder of the gateway's own data
     * @param more secrets besides those of tools and providers
     */
    public GatewayPowers(Gateway gateway, Path data, Place tools, Supplier<Set<String>> more) {
        this.gateway = gateway;
        this.data = data;
        this.more = more;
        this.environments =
                switch (tools) {
                    case HERE -> environments(gateway.paths(), config());
                    case ELSEWHERE -> new ToolEnvironments(data.resolve("none"));
                };
        // What one tool has connected to, another one may not call.
        this.client = UpstreamClient.create(UpstreamConfig.defaults().idleConnections(0));
    }

    /** The tools' secrets: beside the configuration, or where it says. */
    public static ToolEnvironments environments(Gateway.Paths paths, SandboxConfig config) {
        return new ToolEnvironments(beside(paths).resolve(config.envDir()));
    }

    private static Path beside(Gateway.Paths paths) {
        Path folder = paths.config().toAbsolutePath().getParent();
        return folder == null ? Path.of("").toAbsolutePath() : folder;
    }

    public ToolPowers powers() {
        ToolSandboxConfig limits = config().tools();
        return new ToolPowers(
                this::grant,
                environments,
                new SecretMask(this::secrets),
                new HostFetch(client),
                new GrantedFiles(beside(gateway.paths()), this::never, limits.maxFile().asInt()),
                new ToolPowers.Limits(run(limits), limits.maxFetch().asInt()));
    }

    /** Tells the scripts whenever other things are granted. */
    public void watch(ScriptFolders scripts) {
        var before = new AtomicReference<>(config().grants());
        gateway.onRead(_ -> {
            Map<String, GrantConfig> now = config().grants();
            if (!now.equals(before.getAndSet(now))) {
                scripts.grantsChanged();
            }
        });
    }

    private static SandboxLimits run(ToolSandboxConfig limits) {
        return new SandboxLimits(
                limits.guestTime(),
                limits.wallTime(),
                limits.statements(),
                limits.output().asInt(),
                limits.stackFrames());
    }

    private SandboxConfig config() {
        return gateway.current().config().sandboxSettings();
    }

    private GrantConfig grant(String tool) {
        return config().grants().getOrDefault(tool, GrantConfig.nothing());
    }

    private Set<String> secrets() {
        GatewayGeneration now = gateway.current();
        Set<String> all = new HashSet<>(environments.secrets());
        all.addAll(more.get());
        now.pools().stream()
                .map(KeyPool::keys)
                .forEach(keys -> keys.stream().map(ApiKey::reveal).forEach(all::add));
        now.config().securitySettings().masterKey().flatMap(SecretRef::value).ifPresent(all::add);
        return all;
    }

    private List<Path> never() {
        Gateway.Paths paths = gateway.paths();
        return List.of(
                paths.config(),
                Gateway.keysDir(paths, gateway.current().config()),
                environments.folder(),
                data);
    }

    @Override
    public void close() {
        client.close();
    }
}
