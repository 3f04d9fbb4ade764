package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.magicproxy.store.StoreException;
import io.magicproxy.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir private Path parent;

    @Test
    void folder_and_files_are_for_their_user_alone_even_if_they_were_open_before()
            throws Exception {
        Path path = Files.createDirectories(parent.resolve("deep/data"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = Files.createFile(path.resolve("magic-proxy.db"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        try (DataFolder folder = DataFolder.open(path);
                EmbeddedDatabase database = EmbeddedDatabase.open(folder)) {
            new EmbeddedSharedState(database, InstantSource.system())
                    .put("name", "value", Optional.empty());

            assertThat(permissions(path)).isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(path)) {
                List<Path> all = files.toList();
                assertThat(all.stream().map(f -> f.getFileName().toString()))
                        .contains(
                                "lock",
                                "magic-proxy.db",
                                "magic-proxy.db-wal",
                                "magic-proxy.db-shm");
                for (Path each : all) {
                    assertThat(permissions(each)).as(each.toString()).isEqualTo("rw-------");
                }
            }
        }
    }

    @Test
    void a_second_gateway_is_refused_until_the_first_is_gone_however_it_went() throws Exception {
        Path path = parent.resolve("data");
        try (ChildJvm first =
                ChildJvm.start(KeepsWriting.class, parent, Map.of(), path.toString())) {
            first.awaitOut(1, LONG);
            refusesSecond(path);
            first.kill();
        }
        try (DataFolder again = DataFolder.open(path)) {
            refusesSecond(path);
            assertThat(again.file("lock")).exists();
        }
        assertThatNoException().isThrownBy(() -> DataFolder.open(path).close());
    }

    private static void refusesSecond(Path path) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> DataFolder.open(path))
                .withMessageContainingAll("another gateway", path.toString(), "--data-dir");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named_with_the_remedy() throws Exception {
        Path inTheWay = Files.createFile(parent.resolve("file"));
        for (Path path : List.of(inTheWay, inTheWay.resolve("data"))) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> DataFolder.open(path))
                    .withMessageContainingAll(path.toString(), "writable", "--data-dir");
        }
    }

    @Test
    void a_folder_that_may_not_be_written_is_named_with_the_remedy() throws Exception {
        Path readOnly = Files.createDirectory(parent.resolve("read-only"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-x------"));
        assumeFalse(Files.isWritable(readOnly), "root may write everywhere");
        Path path = readOnly.resolve("data");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> DataFolder.open(path))
                .withMessageContainingAll(path.toString(), "writable", "--data-dir");
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
