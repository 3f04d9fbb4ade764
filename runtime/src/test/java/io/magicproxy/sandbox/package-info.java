/** The contract of script runtimes, and the runs that it takes. */
@NullMarked
package io.magicproxy.sandbox;

import org.jspecify.annotations.NullMarked;
