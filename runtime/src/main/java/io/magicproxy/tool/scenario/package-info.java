/**
 * Tests of tools: a scenario beside the tool gives its arguments, what its powers answer, and says
 * what must come of it. The tool runs in the sandbox as it always does, and so do its grant and the
 * checks of addresses; no network, no secret, no clock but the scenario's own.
 */
@NullMarked
package io.magicproxy.tool.scenario;

import org.jspecify.annotations.NullMarked;
