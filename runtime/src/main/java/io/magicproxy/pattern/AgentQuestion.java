package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A question to a nested agent.
 *
 * @param options {@code reasoning_mode}, {@code params}, {@code tools}, {@code limits}, …
 */
public record AgentQuestion(String alias, String query, ObjectNode options) {}
