package io.magicproxy.pattern;

/** What a nested agent answered, and the session that shows how. */
public record AgentAnswer(String answer, String sessionId) {}
