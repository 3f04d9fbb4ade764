/**
 * A pretend provider for first contact, demos and drills: deterministic, labelled in every answer,
 * with faults on switches. It needs no key and no network, and takes no part in tests of real wire
 * formats.
 */
@NullMarked
package io.magicproxy.provider.simulator;

import org.jspecify.annotations.NullMarked;
