package io.magicproxy.cache;

import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import java.util.function.Predicate;

/**
 * A way of answering: how such an answer is taken down, and given again. Each has keys of its own,
 * so that every answer is given as its provider wrote it.
 */
public sealed interface AnswerKind<T>
        permits AnswerKind.Chat, AnswerKind.Embeddings, AnswerKind.Streamed {
    /** The endpoint, for the key. */
    String endpoint(RequestBody request) throws MalformedRequestException;

    /** The answer as it is given to its caller, who thereby lets it be taken down. */
    T takenDown(T live, Recording recording);

    T again(StoredAnswer answer);

    /** A whole chat answer. */
    record Chat() implements AnswerKind<JsonReply> {
        @Override
        public String endpoint(RequestBody request) {
            return "chat";
        }

        @Override
        public JsonReply takenDown(JsonReply live, Recording recording) {
            return whole(live, recording, Completeness::chat);
        }

        @Override
        public JsonReply again(StoredAnswer answer) {
            return answer.whole();
        }
    }

    /** Vectors. */
    record Embeddings() implements AnswerKind<JsonReply> {
        @Override
        public String endpoint(RequestBody request) {
            return "embeddings";
        }

        @Override
        public JsonReply takenDown(JsonReply live, Recording recording) {
            return whole(live, recording, Completeness::embeddings);
        }

        @Override
        public JsonReply again(StoredAnswer answer) {
            return answer.whole();
        }
    }

    /** A streamed chat answer; one with usage and one without are two. */
    record Streamed() implements AnswerKind<ChatStream> {
        @Override
        public String endpoint(RequestBody request) throws MalformedRequestException {
            return request.includeUsage() ? "chat stream with usage" : "chat stream";
        }

        @Override
        public ChatStream takenDown(ChatStream live, Recording recording) {
            return new RecordedStream(live, recording);
        }

        @Override
        public ChatStream again(StoredAnswer answer) {
            return new ReplayedStream(answer);
        }
    }

    private static JsonReply whole(
            JsonReply live, Recording recording, Predicate<byte[]> complete) {
        byte[] body = live.body();
        if (recording.add(body, 0, body.length) && complete.test(body)) {
            recording.complete(live.usage(), live.notes());
        } else {
            recording.unfit();
        }
        return live;
    }
}
