package io.magicproxy.server.boot;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The build's version, from the manifest. */
final class Version implements IVersionProvider {
    static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    static String text() {
        return "magic-proxy " + number() + " (Java " + Runtime.version() + ")";
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
