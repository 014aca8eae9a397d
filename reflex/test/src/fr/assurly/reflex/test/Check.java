package fr.assurly.reflex.test;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What tests claim. */
public final class Check {
    private Check() {}

    public static void that(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }

    public static void same(Object expected, Object actual, String what) {
        if (!equal(expected, actual)) throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }

    private static boolean equal(Object a, Object b) {
        if (a instanceof Number && b instanceof Number) return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0;
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) return false;
            for (int i = 0; i < x.size(); i++) if (!equal(x.get(i), y.get(i))) return false;
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet()) && x.keySet().stream().allMatch(k -> equal(x.get(k), y.get(k)));
        }
        return Objects.equals(a, b);
    }

    public static <E extends Throwable> E fails(Class<E> type, Run.Body body, String what) {
        try {
            body.run();
        } catch (Throwable e) {
            if (type.isInstance(e)) return type.cast(e);
            throw new AssertionError(what + ": another failure, " + e);
        }
        throw new AssertionError(what + ": was accepted");
    }
}
