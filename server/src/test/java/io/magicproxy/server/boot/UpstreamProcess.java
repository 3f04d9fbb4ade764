package io.magicproxy.server.boot;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** An upstream that can be killed: answers everything, each after a moment; says its URL first. */
final class UpstreamProcess {
    private UpstreamProcess() {}

    public static void main(String[] args) throws InterruptedException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
            upstream.always(request ->
                    Reply.json(200, args[0]).after(Duration.ofMillis(Long.parseLong(args[1]))));
            System.out.println(upstream.url());
            new CountDownLatch(1).await();
        }
    }
}
