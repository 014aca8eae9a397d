package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import fr.assurly.reflex.common.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * All versions of the knowledge base that stand in {@code kb/}, and the one for new cases.
 *
 * <p>A version that a case has been opened with must stay, unaltered: without it, or with other bytes under its name, RAS
 * does not start, because the questions and the decision would no longer be those of that day.
 */
final class Bases {
    private static final int MOST_BYTES = 1024 * 1024;

    private final Map<String, KnowledgeBase> all = new TreeMap<>();
    private final Map<String, String> hashes = new TreeMap<>();
    private final KnowledgeBase current;

    Bases(Path directory, String current) {
        try {
            var wording = KnowledgeBaseLoader.wording(Files.readAllBytes(directory.resolve("i18n/fr.json")));
            try (var files = Files.newDirectoryStream(directory.resolve("kb"), "*.json")) {
                for (var file : files) {
                    if (Files.size(file) > MOST_BYTES) throw new IllegalStateException(file.getFileName() + ": too large");
                    var bytes = Files.readAllBytes(file);
                    var base = KnowledgeBaseLoader.load(bytes, wording);
                    if (!file.getFileName().toString().equals(base.name() + ".json")) {
                        throw new IllegalStateException(file.getFileName() + ": its name should be " + base.name() + ".json");
                    }
                    all.put(base.name(), base);
                    hashes.put(base.name(), Digest.sha256Hex(bytes));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the knowledge bases cannot be read");
        }
        if (!all.containsKey(current)) throw new IllegalStateException("ras.kb: " + current + " is not in kb/");
        this.current = all.get(current);
    }

    static Bases open(Settings settings) {
        return new Bases(settings.directory, settings.text("ras.kb"));
    }

    /** Notes that a case uses {@code name}, with the bytes that it has today. */
    void use(Store used, String name) {
        if (used.get(name).isEmpty()) used.put(name, hashes.get(name).getBytes(StandardCharsets.US_ASCII));
    }

    void check(Store used) {
        for (var name : used.names()) {
            var then = new String(used.get(name).orElseThrow(), StandardCharsets.US_ASCII);
            if (!all.containsKey(name)) throw new IllegalStateException("cases use " + name + ", which is no longer in kb/");
            if (!hashes.get(name).equals(then)) throw new IllegalStateException("cases use " + name + ", which has been altered since");
        }
    }

    KnowledgeBase current() {
        return current;
    }

    KnowledgeBase get(String name) {
        return all.get(name);
    }
}
