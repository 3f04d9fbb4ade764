/**
 * Composition: what the configuration says becomes a running generation; reloads swap it in one
 * step.
 */
@NullMarked
package io.magicproxy.gateway;

import org.jspecify.annotations.NullMarked;
