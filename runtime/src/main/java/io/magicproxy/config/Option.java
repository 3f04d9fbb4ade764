package io.magicproxy.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Documents a component of a configuration record; the reader and {@code docs/config.md} are made
 * from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {
    /** What it does, in one sentence. */
    String value();

    /**
     * Its default as it would be written; without one it is required, unless its type can be empty.
     */
    String standard() default "";

    String example() default "";

    /** Whether its value alone may stand for its whole section. */
    boolean shorthand() default false;

    /** The smallest number allowed. */
    long min() default Long.MIN_VALUE;
}
