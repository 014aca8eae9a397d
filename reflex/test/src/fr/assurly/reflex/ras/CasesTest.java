package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Scenario;
import fr.assurly.reflex.test.Test;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Each version of the knowledge base decides its own cases as they say; together they show every question and fire every
 * rule, so that none is there untested.
 */
final class CasesTest implements Run.Many {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);
    private final Bases bases = new Bases(Path.of(System.getProperty("REFLEX_CONFIG_ROOTDIR")), "assurly-emprunteur@2026.1.0");
    private final Set<String> shown = new HashSet<>();
    private final Set<String> fired = new HashSet<>();

    @Override
    public List<Run.Case> cases() throws Exception {
        var all = new ArrayList<Run.Case>();
        try (var files = Files.newDirectoryStream(Path.of(System.getProperty("REFLEX_CONFIG_ROOTDIR"), "kb/tests"), "*.json")) {
            for (var file : files) {
                var base = bases.get(file.getFileName().toString().replaceAll("\\.json$", ""));
                var scenarios = Scenario.load(file, DAY);
                for (var s : scenarios) all.add(new Run.Case("[" + s.source() + "] " + s.name(), () -> decide(base, s)));
                all.add(new Run.Case("every question is shown and every rule fires in " + base.name(), () -> covered(base)));
            }
        }
        return all;
    }

    private void decide(KnowledgeBase base, Scenario scenario) {
        var disclosure = new Disclosure(base, scenario.facts(), DAY, new HashMap<>());
        var given = new HashMap<String, Object>();
        for (var missing = disclosure.missing(); !missing.isEmpty(); missing = disclosure.missing()) {
            var id = missing.get(0);
            given.put(id, scenario.answer(id));
            disclosure.put(Json.object(id, scenario.answer(id)));
            disclosure.visible().forEach(q -> shown.add(q.id()));
            note(base, disclosure, given);
        }
        scenario.check(Assessment.of(base, disclosure, base.guarantees(), "id", Instant.parse("2026-11-22T12:00:00Z")), disclosure.answers());
    }

    private void note(KnowledgeBase base, Disclosure disclosure, HashMap<String, Object> given) {
        for (var rule : base.rules()) {
            var forgot = !rule.forget().isEmpty() && rule.forget().keySet().stream()
                .anyMatch(id -> given.containsKey(id) && !given.get(id).equals(disclosure.answers().get(id)));
            if (forgot || Scope.Condition.holds(rule.when(), disclosure)) fired.add(rule.id());
        }
    }

    private void covered(KnowledgeBase base) {
        for (var id : base.questions().keySet()) Check.that(shown.contains(id), "question " + id + " is shown by no case");
        for (var rule : base.rules()) Check.that(fired.contains(rule.id()), "rule " + rule.id() + " fires in no case");
    }

    @Test
    void noQuestionOfHealthIsShownToWhomMayNotBeAsked() throws Exception {
        var base = bases.current();
        var facts = new HashMap<String, Object>(Json.readObject(
            "{\"age\":41,\"capital\":250000,\"duree_mois\":240,\"sante_autorisee\":false}".getBytes()));
        var disclosure = new Disclosure(base, facts, DAY, new HashMap<>());
        for (var q : disclosure.visible()) Check.that(!base.isHealth(q), q.id() + " is shown");
        var e = Check.fails(fr.assurly.reflex.common.Refusal.class, () -> disclosure.put(Json.object("vih", true)), "an answer of health");
        Check.same("answer_hidden", e.code, "code");
    }

    @Test
    void aHiddenAnswerIsDropped() {
        var base = bases.current();
        var facts = new HashMap<String, Object>(Json.readObject(
            "{\"age\":41,\"capital\":250000,\"duree_mois\":240,\"sante_autorisee\":true}".getBytes()));
        var disclosure = new Disclosure(base, facts, DAY, new HashMap<>());
        disclosure.put(Json.object("hta", true));
        disclosure.put(Json.object("hta_sys", new java.math.BigDecimal(165)));
        disclosure.put(Json.object("hta", false));
        Check.that(!disclosure.answers().containsKey("hta_sys"), "kept though hidden");
    }
}
