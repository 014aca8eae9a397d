package fr.assurly.reflex.test;

import fr.assurly.reflex.common.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One case of a knowledge base: facts, what a person answers when asked, and the decision expected. The same cases go
 * through the interpreter alone and through a whole Tomcat. Months are written as so many months ago.
 */
public record Scenario(String name, String source, Map<String, Object> facts, Map<String, Object> healthy, Map<String, Object> answers,
                       Map<String, Object> expect, Map<String, Object> stored) {
    @SuppressWarnings("unchecked")
    public static List<Scenario> load(Path file, LocalDate day) throws IOException {
        var root = Json.readObject(Files.readAllBytes(file));
        var all = new ArrayList<Scenario>();
        for (var item : (List<Map<String, Object>>) root.get("cases")) {
            var facts = new LinkedHashMap<>((Map<String, Object>) root.get("facts"));
            facts.putAll((Map<String, Object>) item.getOrDefault("facts", Map.of()));
            var answers = new LinkedHashMap<>((Map<String, Object>) item.get("answers"));
            answers.replaceAll((id, value) -> value instanceof Map<?, ?> m
                ? YearMonth.from(day).minusMonths(((BigDecimal) m.get("months_ago")).longValueExact()).toString() : value);
            all.add(new Scenario((String) item.get("name"), (String) item.get("source"), facts, (Map<String, Object>) root.get("healthy"), answers,
                (Map<String, Object>) item.get("expect"), (Map<String, Object>) item.getOrDefault("stored", Map.of())));
        }
        return all;
    }

    public Object answer(String question) {
        var value = answers.containsKey(question) ? answers.get(question) : healthy.get(question);
        if (value == null) throw new AssertionError(name + ": no answer is given to " + question);
        return value;
    }

    /** Holds a decision (overall, status, guarantees) and the answers kept against what is expected. */
    @SuppressWarnings("unchecked")
    public void check(Map<String, Object> decision, Map<String, Object> kept) {
        expect.forEach((key, wanted) -> {
            if (key.equals("overall") || key.equals("status")) {
                Check.same(wanted, decision.get(key), name + ": " + key);
            } else if (key.equals("answered")) {
                Check.same(wanted, kept.size(), name + ": answers");
            } else {
                var guarantee = ((List<Map<String, Object>>) decision.get("guarantees")).stream().filter(g -> g.get("code").equals(key)).findFirst().orElseThrow();
                ((Map<String, Object>) wanted).forEach((part, value) -> Check.same(value, guarantee.get(part), name + ": " + key + "." + part));
            }
        });
        stored.forEach((id, value) -> Check.same(value, kept.get(id), name + ": stored " + id));
    }
}
