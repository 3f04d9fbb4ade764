package io.magicproxy.store.session;

import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.RunEnd;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names under which a journal keeps bytes: their SHA-256 in hexadecimal. */
public final class KeptNames {
    private static final Pattern NAME = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    private KeptNames() {}

    /** What is kept is named so. */
    public static String of(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** What may be names in what is asked. */
    public static Set<String> in(NewRun run) {
        return in(Stream.of(run.requestJson()));
    }

    /** What may be names in what is written. */
    public static Set<String> in(Batch batch) {
        return in(
                Stream.of(
                                batch.entries().stream().map(EntryRecord::resultJson),
                                batch.events().stream().map(EventDraft::payloadJson),
                                batch.end().stream().map(RunEnd::resultJson))
                        .flatMap(texts -> texts));
    }

    private static Set<String> in(Stream<String> texts) {
        return texts.flatMap(text -> NAME.matcher(text).results())
                .map(MatchResult::group)
                .collect(Collectors.toUnmodifiableSet());
    }
}
