package io.magicproxy.provider.simulator;

import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Message;
import java.util.List;
import java.util.stream.Collectors;

/** What messages say, as plain text. */
final class Messages {
    private Messages() {}

    static String text(Message message) {
        return plain(content(message));
    }

    static List<ContentPart> content(Message message) {
        return switch (message) {
            case Message.Instruction(var content, var _) -> content;
            case Message.User(var content, var _) -> content;
            case Message.Assistant a -> a.content();
            case Message.ToolResult(var _, var content, var _) -> content;
        };
    }

    private static String plain(List<ContentPart> content) {
        return content.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(p -> ((ContentPart.Text) p).text())
                .collect(Collectors.joining(" "));
    }

    static String lastUser(List<Message> messages) {
        return messages.reversed().stream()
                .filter(Message.User.class::isInstance)
                .findFirst()
                .map(m -> text(m).strip())
                .orElse("");
    }

    /** What the tools answered to the last calls; empty if something else was said since. */
    static List<String> lastResults(List<Message> messages) {
        return messages.reversed().stream()
                .takeWhile(Message.ToolResult.class::isInstance)
                .map(m -> text(m).strip())
                .toList()
                .reversed();
    }

    static long images(List<Message> messages) {
        return messages.stream()
                .filter(Message.User.class::isInstance)
                .flatMap(m -> content(m).stream())
                .filter(ContentPart.Image.class::isInstance)
                .count();
    }
}
