package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Makes a chat request to an agent into a session's request. */
final class AgentRequest {
    /** Fields that hold for the final answer. */
    private static final List<String> ANSWER =
            List.of(
                    "temperature",
                    "top_p",
                    "verbosity",
                    "max_tokens",
                    "max_completion_tokens",
                    "response_format",
                    "stop",
                    "seed",
                    "presence_penalty",
                    "frequency_penalty");

    /** Fields that hold for every model call. */
    private static final List<String> EVERY_CALL = List.of("reasoning_effort", "user");

    private static final Set<String> ROLES =
            new TreeSet<>(Set.of("user", "assistant", "system", "developer", "tool", "function"));

    /** Fields of a session that an SDK may add. */
    private static final List<String> OURS =
            List.of("reasoning_mode", "pattern_version", "params", "limits", "safety_settings");

    private AgentRequest() {}

    static ObjectNode of(ObjectNode chat, String alias) throws MalformedRequestException {
        refuse(chat);
        ObjectNode session = Json.object().put("model_alias", alias);
        ArrayNode history = session.putArray("history");
        StringBuilder instruction = new StringBuilder();
        JsonNode messages = chat.path("messages");
        int last = lastQuestion(messages);
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            String role = message.path("role").asText();
            if (!ROLES.contains(role)) {
                throw new MalformedRequestException(
                        "messages[" + i + "].role", "must be one of " + String.join(", ", ROLES));
            }
            if (role.equals("system") || role.equals("developer")) {
                instruction.append(instruction.isEmpty() ? "" : "\n\n").append(text(message));
            } else if (i != last) {
                history.add(message);
            }
        }
        question(session, messages.get(last), last);
        session.put("client_system_instruction", instruction.toString());
        ObjectNode answer = session.putObject("final_options");
        ANSWER.stream().filter(chat::hasNonNull).forEach(f -> answer.set(f, chat.get(f)));
        ObjectNode options = session.putObject("options");
        EVERY_CALL.stream().filter(chat::hasNonNull).forEach(f -> options.set(f, chat.get(f)));
        if (chat.path("metadata").isObject()) {
            session.set("metadata", chat.get("metadata"));
        }
        OURS.stream().filter(chat::hasNonNull).forEach(f -> session.set(f, chat.get(f)));
        return session;
    }

    private static void refuse(ObjectNode chat) throws MalformedRequestException {
        if (!chat.path("tools").isEmpty() || !chat.path("functions").isEmpty()) {
            throw new MalformedRequestException(
                    "tools",
                    "can't be given to an agent, which has tools of its own; ask a model that is no agent");
        }
        if (chat.path("n").asInt(1) > 1) {
            throw new MalformedRequestException("n", "must be 1 for an agent");
        }
    }

    private static int lastQuestion(JsonNode messages) throws MalformedRequestException {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).path("role").asText().equals("user")) {
                return i;
            }
        }
        throw new MalformedRequestException(
                "messages", "needs a message of the role user: the agent's question");
    }

    /** What isn't text goes along as attachments. */
    private static void question(ObjectNode session, JsonNode message, int at)
            throws MalformedRequestException {
        JsonNode content = message.path("content");
        if ((!content.isArray() && !content.isTextual())
                || (content.isEmpty() && content.asText().isBlank())) {
            throw new MalformedRequestException(
                    "messages[" + at + "].content",
                    "must be a text or a list of parts that isn't empty: it is the agent's question");
        }
        session.put("user_query", text(message));
        ArrayNode attachments = session.putArray("attachments");
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text")) {
                attachments.add(part);
            }
        }
    }

    private static String text(JsonNode message) {
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder all = new StringBuilder();
        content.forEach(part -> all.append(part.path("text").asText("")));
        return all.toString();
    }
}
