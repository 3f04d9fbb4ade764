@NullMarked
package io.magicproxy.config;

import org.jspecify.annotations.NullMarked;
