package io.magicproxy.store.embedded;

import io.magicproxy.store.UsageStore;
import io.magicproxy.store.UsageStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedUsageStoreTest extends UsageStoreContract {
    @TempDir private Path folder;
    private final Opening opening = new Opening();

    @AfterEach
    void close() throws Exception {
        opening.close();
    }

    @Override
    protected UsageStore open() throws Exception {
        return new EmbeddedUsageStore(opening.anew(folder));
    }
}
