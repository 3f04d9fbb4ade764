/**
 * What is saved by hand at one gateway reaches the others: told to a store that they share, and
 * taken into each one's own folders. Files changed on disk are each gateway's own.
 */
@NullMarked
package io.magicproxy.files;

import org.jspecify.annotations.NullMarked;
