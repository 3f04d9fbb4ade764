/** State on one machine: one SQLite database in the data folder. */
@NullMarked
package io.magicproxy.store.embedded;

import org.jspecify.annotations.NullMarked;
