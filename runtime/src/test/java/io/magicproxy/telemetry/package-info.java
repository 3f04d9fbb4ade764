/** What people see of the gateway's figures. */
@NullMarked
package io.magicproxy.telemetry;

import org.jspecify.annotations.NullMarked;
