package io.magicproxy.telemetry;

/**
 * Which run a worker is at.
 *
 * @param session as its owner knows it
 * @param attempt how often the run was taken up, this time included
 */
public record AgentCall(String alias, String session, String run, String pattern, long attempt) {}
