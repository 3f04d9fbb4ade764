package io.magicproxy.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an agent alias runs, defaults filled in.
 *
 * @param pattern its reasoning mode
 * @param tools that it may use; absent: all
 * @param problem why it can't run as things stand
 */
public record AgentSettings(
        String pattern,
        int maxSteps,
        long maxTokens,
        Duration maxTime,
        Optional<List<String>> tools,
        String systemPrompt,
        List<String> manifests,
        Optional<String> problem) {

    /** An agent that can run. */
    public AgentSettings(
            String pattern,
            int maxSteps,
            long maxTokens,
            Duration maxTime,
            Optional<List<String>> tools,
            String systemPrompt,
            List<String> manifests) {
        this(
                pattern,
                maxSteps,
                maxTokens,
                maxTime,
                tools,
                systemPrompt,
                manifests,
                Optional.empty());
    }
}
