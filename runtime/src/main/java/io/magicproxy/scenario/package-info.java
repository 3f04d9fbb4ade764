/**
 * What scenarios of patterns and of tools have in common: their files and the places in them, what
 * a run did, how it differs, the report. What a scenario holds is its owner's matter.
 */
@NullMarked
package io.magicproxy.scenario;

import org.jspecify.annotations.NullMarked;
