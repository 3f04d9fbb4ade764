package io.magicproxy.server.openai;

import io.magicproxy.gateway.GatewayWorld;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.session.Sessions;
import java.time.InstantSource;

/** The agents behind {@code /v1/chat/completions}. */
public record Agents(GatewayWorld world, AgentChat chat) {
    public static Agents of(
            GatewayWorld world, Sessions sessions, Heartbeats heartbeats, InstantSource clock) {
        return new Agents(world, new AgentChat(sessions, heartbeats, clock));
    }
}
