package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A question to a model.
 *
 * @param alias the model's
 * @param messages in OpenAI's format
 * @param options further fields of the request, such as {@code temperature} and {@code tools}
 * @param title for the watchers
 */
public record ModelQuestion(String alias, ArrayNode messages, ObjectNode options, String title) {}
