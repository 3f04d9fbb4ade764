/**
 * Tests of patterns: a scenario beside the pattern gives the results of its calls and says what
 * must come of them. No network, no journal, no clock but the scenario's own.
 */
@NullMarked
package io.magicproxy.pattern.scenario;

import org.jspecify.annotations.NullMarked;
