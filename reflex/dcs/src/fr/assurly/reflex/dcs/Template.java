package fr.assurly.reflex.dcs;

import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The fixed French words of one kind of document: its title, what stands before and after what the case says. */
record Template(String title, List<String> before, List<String> after) {
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]{1,1200}");

    static Map<String, Template> load(Settings settings) {
        try {
            var all = new LinkedHashMap<String, Template>();
            var root = new Fields(Json.readObject(Files.readAllBytes(settings.directory.resolve("templates/documents.json"))), "");
            for (var type : List.of("questionnaire", "decision", "medical")) {
                var f = root.object(type);
                all.put(type, new Template(f.text("title", TEXT), f.texts("before", 10, TEXT), f.texts("after", 10, TEXT)));
                f.end();
            }
            root.any("notice");
            root.end();
            return Map.copyOf(all);
        } catch (IOException e) {
            throw new IllegalStateException("templates/documents.json cannot be read");
        }
    }

    static String notice(Settings settings) {
        try {
            return new Fields(Json.readObject(Files.readAllBytes(settings.directory.resolve("templates/documents.json"))), "").text("notice", TEXT);
        } catch (IOException e) {
            throw new IllegalStateException("templates/documents.json cannot be read");
        }
    }
}
