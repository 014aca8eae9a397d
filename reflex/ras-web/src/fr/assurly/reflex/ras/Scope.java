package fr.assurly.reflex.ras;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * What conditions and formulas may look at. A variable that is not known is null; "I do not know" as an answer is
 * {@link Question#UNSURE} and counts as not known, too, except where it is asked for by name.
 */
interface Scope {
    Object value(String variable);

    boolean unsure(String variable);

    LocalDate asOf();

    /** A condition of three values: true, false, or null when it cannot be told yet. */
    @FunctionalInterface
    interface Condition {
        Boolean test(Scope scope);

        static boolean holds(Condition condition, Scope scope) {
            return Boolean.TRUE.equals(condition.test(scope));
        }
    }

    /** A number, or null when something that it needs is not known. */
    @FunctionalInterface
    interface Formula {
        BigDecimal of(Scope scope);
    }
}
