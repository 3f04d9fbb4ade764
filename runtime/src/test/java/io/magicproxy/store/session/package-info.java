/** What every journal and every queue must do, whatever holds them. */
@NullMarked
package io.magicproxy.store.session;

import org.jspecify.annotations.NullMarked;
