package fr.assurly.reflex.common;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is stored is sealed, bound to its name, bounded, and survives a rotation of its key. */
final class StoreTest {
    private static final Secret KEY = Secret.of("a".repeat(64));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Path fresh() throws Exception {
        return Files.createTempDirectory("reflex-store");
    }

    @Test
    void comesBackAndIsNotReadable() throws Exception {
        var root = fresh();
        var store = new Store(root, "cases", KEY, 10);
        store.put("one", bytes("hypertension"));
        Check.same("hypertension", new String(new Store(root, "cases", KEY, 10).get("one").orElseThrow(), StandardCharsets.UTF_8), "after a restart");
        var file = Files.readAllBytes(root.resolve("cases/one"));
        Check.that(!new String(file, StandardCharsets.ISO_8859_1).contains("hypertension"), "clear text on the disk");
    }

    @Test
    void aFileUnderAnotherNameOrAlteredIsRefused() throws Exception {
        var root = fresh();
        var store = new Store(root, "cases", KEY, 10);
        store.put("one", bytes("x"));
        Files.copy(root.resolve("cases/one"), root.resolve("cases/two"));
        Check.fails(IllegalStateException.class, () -> store.get("two"), "swapped");
        var file = Files.readAllBytes(root.resolve("cases/one"));
        file[file.length - 1] ^= 1;
        Files.write(root.resolve("cases/one"), file);
        Check.fails(IllegalStateException.class, () -> store.get("one"), "altered");
        Check.fails(IllegalStateException.class, () -> new Store(root, "cases", Secret.of("b".repeat(64)), 10).get("one"), "another key");
    }

    @Test
    void aKeyIsRotated() throws Exception {
        var root = fresh();
        new Store(root, "cases", KEY, 10).put("one", bytes("old"));
        var both = new Store(root, "cases", Secret.of("b".repeat(64), "a".repeat(64)), 10);
        Check.same("old", new String(both.get("one").orElseThrow(), StandardCharsets.UTF_8), "read under the old key");
        both.put("one", bytes("new"));
        Check.same("new", new String(new Store(root, "cases", Secret.of("b".repeat(64)), 10).get("one").orElseThrow(), StandardCharsets.UTF_8), "new key");
    }

    @Test
    void namesThatLeaveTheDirectoryAreRefused() throws Exception {
        var store = new Store(fresh(), "cases", KEY, 10);
        for (var name : new String[] {"../x", ".x", "", "a/b", "a\0b", "x".repeat(200)}) {
            Check.that(store.get(name).isEmpty(), "read " + name);
            Check.fails(IllegalArgumentException.class, () -> store.put(name, bytes("x")), "write " + name);
        }
    }

    @Test
    void itIsBoundedAndForgetsWhatWasNotFinished() throws Exception {
        var root = fresh();
        var store = new Store(root, "cases", KEY, 2);
        store.put("a", bytes("1"));
        store.put("b", bytes("2"));
        Check.same(503, Check.fails(Refusal.class, () -> store.put("c", bytes("3")), "third").status, "status");
        store.put("a", bytes("4"));
        store.remove("b");
        store.put("c", bytes("5"));
        Files.write(root.resolve("cases/.d.1"), bytes("half"));
        Check.same(java.util.List.of("a", "c"), new Store(root, "cases", KEY, 2).names(), "names");
        Check.that(!Files.exists(root.resolve("cases/.d.1")), "a draft remains");
    }

    @Test
    void aShortOrPrintedSecretIsNone() {
        Check.fails(IllegalArgumentException.class, () -> Secret.of("short"), "short");
        Check.fails(IllegalArgumentException.class, () -> Secret.of("", ""), "empty");
        Check.same("Secret", KEY.toString(), "printed");
        Check.that(KEY.is("a".repeat(64)) && !KEY.is("a".repeat(63)) && !KEY.is(null), "comparison");
    }
}
