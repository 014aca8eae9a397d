package fr.assurly.reflex.test;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Runs the test methods of the classes named, and those that a class makes up ({@link Many}); prints what {@code bin/test}
 * counts. A test fails by throwing.
 */
public final class Run {
    /** Tests that are data: each has its name and counts as one. */
    public interface Many {
        List<Case> cases() throws Exception;
    }

    public record Case(String name, Body body) {}

    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    private int passed;
    private final List<String> failed = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        var run = new Run();
        for (var name : args) run.all(Class.forName(name));
        System.out.println("\ntest result: " + (run.failed.isEmpty() ? "ok" : "FAILED") + ". " + run.passed + " passed; " + run.failed.size()
            + " failed; 0 ignored; 0 measured; 0 filtered out");
        for (var name : run.failed) System.out.println("failed: " + name);
        System.exit(run.failed.isEmpty() ? 0 : 1);
    }

    private void all(Class<?> type) throws Exception {
        var made = type.getDeclaredConstructor();
        made.setAccessible(true);
        var instance = made.newInstance();
        try {
            var methods = Arrays.stream(type.getDeclaredMethods())
                .filter(m -> m.isAnnotationPresent(Test.class)).sorted(Comparator.comparing(m -> m.getAnnotation(Test.class).value())).toList();
            for (var method : methods) {
                method.setAccessible(true);
                one(type.getSimpleName() + "::" + method.getName(), () -> method.invoke(instance));
            }
            if (instance instanceof Many many) {
                for (var c : many.cases()) one(type.getSimpleName() + "::" + c.name(), c.body());
            }
        } finally {
            if (instance instanceof AutoCloseable closeable) closeable.close();
        }
    }

    private void one(String name, Body body) {
        try {
            body.run();
            passed++;
            System.out.println("test " + name + " ... ok");
        } catch (Throwable e) {
            var cause = e instanceof InvocationTargetException ? e.getCause() : e;
            failed.add(name);
            System.out.println("test " + name + " ... FAILED");
            System.out.println("    " + cause);
            Arrays.stream(cause.getStackTrace()).filter(f -> f.getClassName().startsWith("fr.assurly")).limit(4)
                .forEach(f -> System.out.println("      at " + f));
        }
    }
}
