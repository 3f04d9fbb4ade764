package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Models that say what a test wants, when it wants it. Each call uses 10 tokens and 5 more. */
final class Models implements ChatClient {
    private final List<ObjectNode> requests = new CopyOnWriteArrayList<>();
    private volatile Function<String, Answer> answers = question -> Answer.text("re " + question);

    /** How the last message of a request is answered; unless told so, with "re " before it. */
    void answer(Function<String, Answer> how) {
        answers = how;
    }

    /** The last message of each request so far. */
    List<String> asked() {
        return requests.stream().map(Models::question).toList();
    }

    List<ObjectNode> requests() {
        return List.copyOf(requests);
    }

    private static String question(JsonNode request) {
        JsonNode messages = request.path("messages");
        return messages.path(messages.size() - 1).path("content").asText();
    }

    @Override
    public ChatOutcome ask(ObjectNode request, ChatListener listener, StopSignal stop)
            throws ChatFailedException {
        requests.add(request.deepCopy());
        Answer answer = answers.apply(question(request));
        var given = new CountDownLatch(1);
        try (var _ = stop.onStop(given::countDown)) {
            return say(answer, listener, given);
        } catch (ChatFailedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static ChatOutcome say(Answer answer, ChatListener listener, CountDownLatch given)
            throws ChatFailedException {
        var text = new StringBuilder();
        String finish = "stop";
        for (int i = 0; i <= answer.parts().size(); i++) {
            if (answer.hold().isPresent() && answer.holdAt() == i) {
                await(answer.hold().get(), given);
            }
            if (i < answer.parts().size()) {
                text.append(answer.parts().get(i));
                if (listener.text(answer.parts().get(i))) {
                    finish = "cut";
                    break;
                }
                if (answer.slow()) {
                    Wait.aMoment();
                }
            }
        }
        if (answer.failure().isPresent()) {
            throw answer.failure().get();
        }
        return new ChatOutcome(
                Json.object().put("role", "assistant").put("content", text.toString()),
                finish,
                new Usage(10, 5, 0, 0, 0),
                OptionalDouble.of(0.5),
                new Served("profile", "provider", 1, 0, Duration.ofMillis(7)));
    }

    private static void await(CountDownLatch hold, CountDownLatch given)
            throws ChatFailedException {
        while (hold.getCount() > 0) {
            if (given.getCount() == 0) {
                throw new ChatFailedException("cancelled", "the call was given up", false);
            }
            Wait.aMoment();
        }
    }
}
