/** What the gateway tells of its work, read back from a collector. */
@NullMarked
package io.magicproxy.server.telemetry;

import org.jspecify.annotations.NullMarked;
