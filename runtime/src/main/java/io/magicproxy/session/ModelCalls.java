package io.magicproxy.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.chat.ChatClient.ChatFailedException;
import io.magicproxy.chat.ChatClient.ChatOutcome;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ModelQuestion;
import io.magicproxy.pattern.ModelWatcher;
import io.magicproxy.pattern.Saying;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.telemetry.Trace;
import io.magicproxy.upstream.Cancellation;
import java.util.Optional;

/**
 * Makes model calls for one run and shows their text while it comes. A call that breaks off is made
 * again; what had been shown of it is taken back first.
 */
final class ModelCalls {
    /** Routing has its own retries; these are for answers that broke off in the middle. */
    private static final int TRIES = 4;

    private final ChatClient chat;
    private final KeptMessages messages;
    private final RunLog log;
    private final Ledger ledger;
    private final Cancellation cancellation;

    ModelCalls(
            ChatClient chat,
            KeptMessages messages,
            RunLog log,
            Ledger ledger,
            Cancellation cancellation) {
        this.chat = chat;
        this.messages = messages;
        this.log = log;
        this.ledger = ledger;
        this.cancellation = cancellation;
    }

    ChatOutcome ask(CallPath path, ModelQuestion question, ModelWatcher watcher)
            throws CallFailed, ChatFailedException {
        ObjectNode request = request(question);
        for (int attempt = 1; ; attempt++) {
            retract(path);
            var shown = new Shown(path, attempt, watcher);
            try {
                ChatOutcome outcome = chat.ask(request, shown, cancellation::onCancel);
                shown.end();
                return outcome;
            } catch (ChatFailedException e) {
                log.check();
                shown.check();
                if (!e.interrupted() || attempt >= TRIES) {
                    retract(path);
                    throw e;
                }
                Trace.here().event(Trace.Event.MODEL_RETRY, "reason", e.code());
            }
        }
    }

    /** Adds to a call's result what was asked. */
    void addRequest(ObjectNode result, ModelQuestion question) throws CallFailed {
        messages.addRequest(result, request(question));
    }

    static ObjectNode request(ModelQuestion question) {
        ObjectNode request = Json.object().put("model", question.alias());
        request.set("messages", question.messages());
        request.setAll(question.options());
        return request;
    }

    private void retract(CallPath path) throws CallFailed {
        log.flush();
        Optional<Long> from = log.shown(path.text());
        if (from.isPresent()) {
            ObjectNode payload = Json.object().put("call", path.text()).put("from_seq", from.get());
            log.tell(
                    new EventDraft(
                            Events.RETRACTED,
                            Json.text(payload),
                            "r:" + path + "@" + log.epoch() + "." + from.get()));
        }
    }

    /** One attempt's text on its way to the watchers. */
    private final class Shown implements ChatClient.ChatListener {
        private final CallPath path;
        private final String key;
        private final ModelWatcher.Attempt attempt;
        private int count;
        private Optional<CallFailed> failed = Optional.empty();

        Shown(CallPath path, int number, ModelWatcher watcher) {
            this.path = path;
            this.key = Told.CALL + path + "@" + log.epoch() + "." + number;
            this.attempt = watcher.begin(this::show);
        }

        @Override
        public void reasoning(String text) {
            attempt.reasoning(text);
        }

        @Override
        public boolean text(String text) {
            return attempt.text(text) || failed.isPresent();
        }

        void end() throws CallFailed {
            attempt.end();
            check();
        }

        void check() throws CallFailed {
            if (failed.isPresent()) {
                throw failed.get();
            }
        }

        private void show(Saying saying) {
            if (failed.isPresent()) {
                return;
            }
            try {
                count++;
                switch (saying) {
                    case Saying.Thought thought ->
                            log.text(said(Events.THOUGHT), count, thought.text());
                    case Saying.Answer answer ->
                            log.text(said(Events.ANSWER), count, answer.text());
                    case Saying.Step _, Saying.Pause _, Saying.Custom _ ->
                            log.tell(
                                    Events.ofCall(
                                            path,
                                            saying,
                                            ledger.step(),
                                            key + "#" + count + "-" + count));
                }
            } catch (CallFailed e) {
                failed = Optional.of(e);
            }
        }

        private Texts.Stream said(String type) {
            return new Texts.Stream(type, key, path.text());
        }
    }
}
