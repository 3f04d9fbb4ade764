package io.magicproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Real Kafka brokers as child processes, with nothing to install; each can be killed and started
 * again. Their settings are those that Kafka ships, but for addresses and copies.
 */
public final class RealKafka implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Path folder;
    private final String cluster = Uuid.randomUuid().toString();
    private final Map<String, String> more;
    private final List<Broker> brokers = new ArrayList<>();

    private static final class Broker {
        private final int port;
        private final int controllerPort;
        private Process process;

        Broker(int port, int controllerPort, Process none) {
            this.port = port;
            this.controllerPort = controllerPort;
            this.process = none;
        }
    }

    private RealKafka(Path folder, Map<String, String> more) {
        this.folder = folder;
        this.more = more;
    }

    /** One broker. */
    public static RealKafka start(Path folder) {
        return start(folder, 1, Map.of());
    }

    /**
     * A cluster of so many.
     *
     * @param more settings of the brokers
     */
    public static RealKafka start(Path folder, int brokers, Map<String, String> more) {
        RealKafka kafka = new RealKafka(folder, more);
        int[] ports = freePorts(brokers * 2);
        try {
            for (int i = 0; i < brokers; i++) {
                Process none = new ProcessBuilder("true").start();
                kafka.brokers.add(new Broker(ports[2 * i], ports[2 * i + 1], none));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < brokers; i++) {
            kafka.spawn(i);
        }
        kafka.awaitAll();
        return kafka;
    }

    private static int[] freePorts(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            for (ServerSocket socket : held) {
                close(socket);
            }
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that can be asked first. */
    public String servers() {
        return brokers.stream().map(b -> "127.0.0.1:" + b.port).collect(Collectors.joining(","));
    }

    /** All values of a topic with one partition. */
    public List<String> read(String topic) {
        return records(topic).stream().map(ConsumerRecord::value).toList();
    }

    /** All that a topic with one partition has. */
    public List<ConsumerRecord<String, String>> records(String topic) {
        try (var reader =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", servers(), "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            reader.assign(List.of(partition));
            long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<ConsumerRecord<String, String>> all = new ArrayList<>();
            reader.seekToBeginning(List.of(partition));
            while (reader.position(partition) < end) {
                reader.poll(Duration.ofSeconds(1)).forEach(all::add);
            }
            return all;
        }
    }

    /** As by a power cut. */
    public void kill(int broker) {
        Process killed = brokers.get(broker).process;
        killed.destroyForcibly();
        killed.onExit().orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Starts one again where it was, and waits until all are there. */
    public void begin(int broker) {
        spawn(broker);
        awaitAll();
    }

    private void spawn(int number) {
        Broker broker = brokers.get(number);
        try {
            Path home = Files.createDirectories(folder.resolve("broker" + number));
            Path settings = home.resolve("server.properties");
            Files.write(
                    settings,
                    settings(number, home).entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .toList());
            broker.process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx256m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-XX:+AutoCreateSharedArchive",
                                    "-XX:SharedArchiveFile="
                                            + Path.of(
                                                    System.getProperty("java.io.tmpdir"),
                                                    "magic-proxy-test-broker.jsa"),
                                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                    "-cp",
                                    classPath(),
                                    BrokerMain.class.getName(),
                                    settings.toString(),
                                    cluster)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            home.resolve("broker.log").toFile()))
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> settings(int number, Path home) {
        Broker broker = brokers.get(number);
        String copies = Integer.toString(Math.min(3, brokers.size()));
        String enough = Integer.toString(Math.min(2, brokers.size()));
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < brokers.size(); i++) {
            voters.add(i + 1 + "@127.0.0.1:" + brokers.get(i).controllerPort);
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(number + 1));
        all.put("controller.quorum.voters", String.join(",", voters));
        all.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(broker.port, broker.controllerPort));
        all.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + broker.port);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", home.resolve("data").toString());
        for (String topic :
                List.of(
                        "offsets.topic",
                        "transaction.state.log",
                        "share.coordinator.state.topic")) {
            all.put(topic + ".replication.factor", copies);
        }
        all.put("transaction.state.log.min.isr", enough);
        all.put("share.coordinator.state.topic.min.isr", enough);
        // Fewer files to open: 50 partitions each are for more than a test.
        all.put("offsets.topic.num.partitions", "3");
        all.put("share.coordinator.state.topic.num.partitions", "3");
        all.putAll(more);
        return all;
    }

    private static String classPath() throws IOException {
        Path file =
                Path.of(
                        System.getProperty("project.root"),
                        "runtime/src/test/broker/target/broker.classpath");
        if (!Files.exists(file)) {
            throw new AssertionError(
                    file
                            + " is missing: run \"mvn -q test -pl runtime/src/test/broker\" once; the whole build does");
        }
        String own = BrokerMain.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return Files.readString(file).strip() + ":" + own;
    }

    /** Until those that live know of one another. */
    private void awaitAll() {
        long alive = brokers.stream().filter(b -> b.process.isAlive()).count();
        long end = System.nanoTime() + LONG.toNanos();
        String why = "";
        while (System.nanoTime() < end) {
            try (Admin admin =
                    Admin.create(
                            Map.of(
                                    "bootstrap.servers",
                                    servers(),
                                    "default.api.timeout.ms",
                                    "3000",
                                    "request.timeout.ms",
                                    "2000"))) {
                if (admin.describeCluster().nodes().get(3, TimeUnit.SECONDS).size() >= alive) {
                    return;
                }
            } catch (ExecutionException | TimeoutException e) {
                why = String.valueOf(e);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while Kafka starts", e);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError("Kafka doesn't start: " + why + logs());
    }

    private String logs() {
        return Arrays.toString(
                brokers.stream()
                        .map(b -> folder.resolve("broker" + brokers.indexOf(b) + "/broker.log"))
                        .map(RealKafka::read)
                        .toArray());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return String.valueOf(e);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < brokers.size(); i++) {
            kill(i);
        }
    }
}
