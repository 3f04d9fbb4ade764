package io.magicproxy.cache;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.upstream.Cancellation;

/** A request that may have been asked before. */
public record CacheRequest<T>(
        AnswerKind<T> kind, RequestBody body, CacheTerms terms, Cancellation cancellation) {}
