package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** An MCP server as a child process, with some bad habits on demand. */
final class StdioPeer {
    private static final PrintStream OUT =
            new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final List<String> TOOLS =
            new ArrayList<>(List.of("pid", "env", "grow", "huge", "die", "never"));

    private StdioPeer() {}

    /**
     * Arguments: {@code deaf} outlives its input's end; {@code mute} says no word of the protocol.
     */
    public static void main(String[] args) throws Exception {
        List<String> habits = List.of(args);
        System.err.println("stdio peer begins");
        if (habits.contains("mute")) {
            OUT.println("I am a program that speaks prose only");
            new CountDownLatch(1).await();
        }
        try (var in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                take(Json.read(line));
            }
        }
        if (habits.contains("deaf")) {
            new CountDownLatch(1).await();
        }
    }

    private static void take(JsonNode message) throws IOException {
        switch (message.path("method").asText()) {
            case "initialize" -> {
                OUT.println("a line for people, which is none of the protocol");
                answer(
                        message,
                        "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{\"listChanged\":true}},"
                                + "\"serverInfo\":{\"name\":\"peer\",\"version\":\"1\"}}");
            }
            case "tools/list" -> list(message);
            case "tools/call" -> call(message, message.at("/params/name").asText());
            case "ping" -> answer(message, "{}");
            default -> {
                // Notifications.
            }
        }
    }

    private static void list(JsonNode message) throws IOException {
        ObjectNode result = Json.object();
        ArrayNode tools = result.putArray("tools");
        for (String name : TOOLS) {
            tools.addObject()
                    .put("name", name)
                    .put("description", "Does " + name)
                    .putObject("inputSchema")
                    .put("type", "object");
        }
        answer(message, Json.text(result));
    }

    private static void call(JsonNode message, String name) throws IOException {
        switch (name) {
            case "pid" -> answer(message, text(String.valueOf(ProcessHandle.current().pid())));
            case "env" -> answer(message, text(String.join(",", System.getenv().keySet())));
            case "huge" -> answer(message, text("x".repeat(9 * 1024 * 1024)));
            case "die" -> Runtime.getRuntime().halt(7);
            case "never" -> {
                // Nothing comes.
            }
            default -> {
                TOOLS.add("grown");
                OUT.println(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
                answer(message, text("grew"));
            }
        }
    }

    private static String text(String text) {
        return "{\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}";
    }

    private static void answer(JsonNode message, String result) {
        OUT.println(
                "{\"jsonrpc\":\"2.0\",\"id\":"
                        + message.path("id")
                        + ",\"result\":"
                        + result
                        + "}");
    }
}
