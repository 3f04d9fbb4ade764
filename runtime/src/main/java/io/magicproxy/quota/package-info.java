/**
 * Who may use what, and how much: virtual keys, teams, their limits and budgets. May not know how
 * requests come in.
 */
@NullMarked
package io.magicproxy.quota;

import org.jspecify.annotations.NullMarked;
