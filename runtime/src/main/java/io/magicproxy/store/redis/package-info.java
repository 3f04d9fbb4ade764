/**
 * State that several gateways share, in Redis. The only place that knows Redisson. While Redis is
 * away, each gateway goes on with its own state; of sessions it has none, and says so.
 */
@NullMarked
package io.magicproxy.store.redis;

import org.jspecify.annotations.NullMarked;
