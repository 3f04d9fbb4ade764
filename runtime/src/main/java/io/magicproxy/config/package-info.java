/**
 * YAML into typed records: every problem at once, each with its place and a remedy. Knows no
 * section of the file; each package owns the record of its own. The only package that reads the
 * environment.
 */
@NullMarked
package io.magicproxy.config;

import org.jspecify.annotations.NullMarked;
