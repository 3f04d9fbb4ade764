/** The scenario runner, and the scenarios of the shipped patterns. */
@NullMarked
package io.magicproxy.pattern.scenario;

import org.jspecify.annotations.NullMarked;
