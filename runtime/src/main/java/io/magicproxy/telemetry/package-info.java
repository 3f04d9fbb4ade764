/** Every metric, span and log field by its name: nowhere else stands one. */
@NullMarked
package io.magicproxy.telemetry;

import org.jspecify.annotations.NullMarked;
