/** The queue of several gateways: Kafka brings tasks to workers, a ledger says who has which. */
@NullMarked
package io.magicproxy.store.kafka;

import org.jspecify.annotations.NullMarked;
