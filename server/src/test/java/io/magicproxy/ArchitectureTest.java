package io.magicproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the house's plan: who may know whom. */
class ArchitectureTest {
    /** Each knows only those before it. */
    private static final List<String> ORDER =
            List.of(
                    "chat",
                    "config",
                    "telemetry",
                    "store",
                    "upstream",
                    "provider",
                    "cache",
                    "routing",
                    "usage",
                    "quota",
                    "sandbox",
                    "plugin",
                    "prompt",
                    "files",
                    "scenario",
                    "tool",
                    "pattern",
                    "session",
                    "mcp",
                    "gateway",
                    "server");

    private static final List<String> VENDORS =
            List.of("openai", "gemini", "anthropic", "simulator");

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(location ->
                            !location.contains("/test-classes/")
                                    && !location.contains("-tests.jar"))
                    .importPackages("io.magicproxy");

    @Test
    void packages_know_only_those_before_them() {
        for (int i = 0; i < ORDER.size(); i++) {
            String[] later =
                    ORDER.stream()
                            .skip(i + 1)
                            .map(p -> "io.magicproxy." + p + "..")
                            .toArray(String[]::new);
            if (later.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage("io.magicproxy." + ORDER.get(i) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(later)
                        .check(HOUSE);
            }
        }
    }

    @Test
    void every_class_stands_in_a_known_package() {
        classes()
                .should()
                .resideInAnyPackage(
                        ORDER.stream().map(p -> "io.magicproxy." + p + "..").toArray(String[]::new))
                .check(HOUSE);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.magicproxy.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void vendors_dont_know_each_other_and_only_the_composition_knows_them() {
        for (String vendor : VENDORS) {
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.magicproxy.provider." + vendor + "..", "io.magicproxy.gateway..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.magicproxy.provider." + vendor + "..")
                    .check(HOUSE);
        }
    }

    @Test
    void the_runtime_knows_no_web_server() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.helidon.webserver..")
                .check(HOUSE);
    }

    @Test
    void only_the_embedded_store_knows_its_database() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.store.embedded..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..")
                .check(HOUSE);
    }

    @Test
    void only_the_embedded_store_knows_the_library_of_its_cache() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.store.embedded..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.github.benmanes..")
                .check(HOUSE);
    }

    @Test
    void only_the_shared_store_knows_redis() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.store.redis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.redisson..", "io.netty..")
                .check(HOUSE);
    }

    @Test
    void only_the_shared_queue_knows_kafka() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.store.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..")
                .check(HOUSE);
    }

    @Test
    void only_the_sandbox_knows_the_script_engines() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.graalvm..", "com.oracle.truffle..")
                .check(HOUSE);
    }

    @Test
    void only_mcp_knows_its_sdk_and_the_sdks_reactive_types() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.mcp..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.modelcontextprotocol..", "reactor..", "org.reactivestreams..")
                .check(HOUSE);
    }

    @Test
    void only_telemetry_knows_opentelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..", "io.prometheus..")
                .check(HOUSE);
    }

    @Test
    void only_the_configuration_reads_the_environment() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.magicproxy.config..")
                .should()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getenv")
                .check(HOUSE);
    }

    @Test
    void nobody_sleeps_or_hands_out_futures() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(HOUSE);
        Stream.of("java.util.concurrent.CompletableFuture")
                .forEach(type ->
                        noClasses()
                                .should()
                                .dependOnClassesThat()
                                .haveFullyQualifiedName(type)
                                .check(HOUSE));
    }
}
