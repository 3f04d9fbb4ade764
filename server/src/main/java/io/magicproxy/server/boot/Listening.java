package io.magicproxy.server.boot;

import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.server.http.ClientWatch;
import io.magicproxy.server.http.ErrorAnswers;

/** Begins to take requests. */
final class Listening {
    private Listening() {}

    static WebServer at(
            ListenAddress address, Gateway gateway, ClientWatch watch, HttpRouting.Builder routing)
            throws StartFailedException {
        SecurityConfig security = gateway.current().config().securitySettings();
        WebServer built =
                WebServer.builder()
                        .host(address.host())
                        .port(address.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(
                                gateway.current().config().backendSettings().drainSeconds())
                        .connectionOptions(c -> c.tcpNoDelay(true))
                        // Tells the handlers why; what the caller reads is theirs to say.
                        .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                        .directHandlers(ErrorAnswers.direct())
                        // Ours is the only one: it also speaks with those of whom nothing has come.
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(watch.selector(http(security)))
                        .routing(routing)
                        .build();
        built.start();
        if (!built.isRunning()) {
            throw address.unusable("the log says why");
        }
        return built;
    }

    private static Http1Config http(SecurityConfig security) {
        return Http1Config.builder().maxHeadersSize(security.maxHeaderBytes().asInt()).build();
    }
}
