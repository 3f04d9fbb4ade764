@NullMarked
package io.magicproxy.files;

import org.jspecify.annotations.NullMarked;
