package io.magicproxy.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Kafka's own broker, whose classes are only in the process that this is started in: formats its
 * folder the first time, then runs.
 */
final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] args) throws Throwable {
        String settings = args[0];
        if (!Files.exists(dataFolder(settings).resolve("meta.properties"))) {
            String[] format = {"format", "--ignore-formatted", "-t", args[1], "-c", settings};
            int failed =
                    (int)
                            method(
                                            "kafka.tools.StorageTool",
                                            "execute",
                                            int.class,
                                            String[].class,
                                            PrintStream.class)
                                    .invoke(format, System.out);
            if (failed != 0) {
                System.exit(failed);
            }
        }
        String[] own = {settings};
        method("kafka.Kafka", "main", void.class, String[].class).invoke(own);
    }

    private static Path dataFolder(String settings) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of(settings))) {
            properties.load(in);
        }
        return Path.of(properties.getProperty("log.dirs"));
    }

    private static MethodHandle method(
            String type, String name, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        return MethodHandles.publicLookup()
                .findStatic(Class.forName(type), name, MethodType.methodType(result, parameters));
    }
}
