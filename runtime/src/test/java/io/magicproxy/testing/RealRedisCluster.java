package io.magicproxy.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three real Redis servers that share the slots. */
public final class RealRedisCluster implements AutoCloseable {
    private static final int SERVERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String LOOPBACK = "127.0.0.1";

    private final List<RealRedis> servers = new ArrayList<>();

    private RealRedisCluster() {}

    public static RealRedisCluster start(Path folder) {
        var cluster = new RealRedisCluster();
        try {
            for (int i = 0; i < SERVERS; i++) {
                cluster.servers.add(server(folder.resolve("server" + i)));
            }
            cluster.join();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private static RealRedis server(Path folder) {
        return RealRedis.start(
                folder,
                "--appendonly",
                "yes",
                "--maxmemory-policy",
                "noeviction",
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "2000");
    }

    private void join() {
        for (int i = 0; i < SERVERS; i++) {
            int from = SLOTS * i / SERVERS;
            int to = SLOTS * (i + 1) / SERVERS;
            Stream<String> slots = IntStream.range(from, to).mapToObj(Integer::toString);
            servers.get(i)
                    .command(
                            Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots)
                                    .toArray(String[]::new));
            servers.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        for (RealRedis other : servers.subList(1, SERVERS)) {
            servers.getFirst().command("CLUSTER", "MEET", LOOPBACK, Integer.toString(other.port()));
        }
        long end = System.nanoTime() + LONG.toNanos();
        while (!servers.stream().allMatch(RealRedisCluster::isJoined)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "no cluster: " + servers.getFirst().command("CLUSTER", "INFO"));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean isJoined(RealRedis server) {
        String info = server.command("CLUSTER", "INFO");
        return info.contains("cluster_state:ok") && info.contains("cluster_size:" + SERVERS);
    }

    public List<String> urls() {
        return servers.stream().map(RealRedis::url).toList();
    }

    @Override
    public void close() {
        servers.forEach(RealRedis::close);
    }
}
