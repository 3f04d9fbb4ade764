/** Scenarios of tools. */
@NullMarked
package io.magicproxy.tool.scenario;

import org.jspecify.annotations.NullMarked;
