package fr.assurly.reflex.ui;

import fr.assurly.reflex.common.Refusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a posted form, as typed. It must never hold more than a form of ours sends. */
final class Form {
    private static final int MOST_FIELDS = 60;
    private static final int LONGEST = 200;

    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    static Form read(byte[] body) {
        var form = new Form();
        int count = 0;
        for (var pair : new String(body, StandardCharsets.US_ASCII).split("&")) {
            if (pair.isEmpty()) continue;
            if (++count > MOST_FIELDS) throw wrong();
            int at = pair.indexOf('=');
            var name = decode(at < 0 ? pair : pair.substring(0, at));
            var value = decode(at < 0 ? "" : pair.substring(at + 1));
            if (name.length() > LONGEST || value.length() > LONGEST) throw wrong();
            form.fields.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return form;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
    }

    private static Refusal wrong() {
        return new Refusal(400, "form", "Ce formulaire n’est pas lisible.");
    }

    String one(String name) {
        var values = fields.get(name);
        return values == null || values.size() != 1 ? "" : values.get(0).strip();
    }

    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    Map<String, List<String>> fields() {
        return fields;
    }
}
