package io.magicproxy.store.redis;

import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be appended, in the order in which {@code journal.lua} wants it. */
final class AppendArguments {
    private static final String END_OF_PATH = "\n";

    private AppendArguments() {}

    static List<String> of(long epoch, Batch batch, List<String> names, Instant now) {
        Optional<RunEnd> end = batch.end();
        if (end.isPresent() && end.get().state().open()) {
            throw new IllegalArgumentException("a run can't end as " + end.get().state());
        }
        List<String> all =
                new ArrayList<>(
                        List.of(
                                Long.toString(epoch),
                                Times.text(now),
                                Times.text(batch.worked()),
                                Integer.toString(batch.events().size()),
                                Integer.toString(batch.entries().size()),
                                Integer.toString(names.size()),
                                end.map(e -> e.state().name()).orElse(""),
                                end.map(RunEnd::resultJson).orElse(""),
                                end.map(e -> String.join(END_OF_PATH, e.endedBy())).orElse("")));
        for (EventDraft event : batch.events()) {
            all.addAll(List.of(event.type(), event.payloadJson(), event.key()));
        }
        for (EntryRecord entry : batch.entries()) {
            all.addAll(List.of(entry.path(), entry.kind(), entry.target(), entry.hash()));
            all.add(Integer.toString(entry.step()));
            all.add(Boolean.toString(entry.failed()));
            all.addAll(List.of(entry.resultJson(), Times.text(entry.at())));
        }
        all.addAll(names);
        return all;
    }
}
