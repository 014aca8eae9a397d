package fr.assurly.reflex.test;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Marks a test; the number says when it runs among those of its class, where that matters. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Test {
    int value() default 0;
}
