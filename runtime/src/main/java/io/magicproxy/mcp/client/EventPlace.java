package io.magicproxy.mcp.client;

import java.time.Duration;
import java.util.Optional;

/** How far a stream of events has been read, and when to come back for the rest. */
final class EventPlace {
    private static final Duration MIN = Duration.ofMillis(50);
    private static final Duration MAX = Duration.ofSeconds(10);

    private Optional<String> id = Optional.empty();
    private Duration pause = Duration.ofMillis(500);
    private int events;

    /** Reads the event's fields that are not for the protocol. */
    void saw(String event) {
        events++;
        for (String line : event.lines().toList()) {
            if (line.startsWith("id:")) {
                id = Optional.of(line.substring(3).strip()).filter(text -> !text.isEmpty());
            } else if (line.startsWith("retry:")) {
                retry(line.substring(6).strip());
            }
        }
    }

    private void retry(String millis) {
        if (millis.matches("\\d{1,9}")) {
            Duration asked = Duration.ofMillis(Long.parseLong(millis));
            pause = asked.compareTo(MIN) < 0 ? MIN : asked.compareTo(MAX) > 0 ? MAX : asked;
        }
    }

    Optional<String> id() {
        return id;
    }

    Duration pause() {
        return pause;
    }

    int events() {
        return events;
    }
}
