package fr.assurly.reflex.ui;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Test;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What people type, and the answer or the sentence that comes of it. */
final class EntryTest implements Run.Many {
    private static Map<String, Object> question(String type) {
        var q = Json.object("id", "q", "type", type, "subject", "votre taille", "unsure", false, "none", "aucun", "unit", "cm");
        q.put("min", new BigDecimal(120));
        q.put("max", new BigDecimal(230));
        return q;
    }

    private static Entry typed(String type, String body) {
        return Entry.of(question(type), Form.read(body.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public List<Run.Case> cases() {
        var all = new ArrayList<Run.Case>();
        gives(all, "integer", "reponse=180", new BigDecimal(180));
        gives(all, "integer", "reponse=+180+cm", new BigDecimal(180));
        gives(all, "integer", "reponse=1%E2%80%AF80", new BigDecimal(180));
        gives(all, "decimal", "reponse=180%2C5", new BigDecimal("180.5"));
        gives(all, "decimal", "reponse=180.50", new BigDecimal("180.50"));
        gives(all, "boolean", "reponse=true", true);
        gives(all, "boolean", "reponse=false", false);
        gives(all, "choice", "reponse=type2", "type2");
        gives(all, "multi", "reponse=yeux&reponse=reins", List.of("yeux", "reins"));
        gives(all, "month", "mois=3&annee=2021", "2021-03");
        gives(all, "month", "mois=03&annee=2021", "2021-03");
        gives(all, "month", "mois=F%C3%A9vrier&annee=2021", "2021-02");
        gives(all, "month", "mois=ao%C3%BBt&annee=1999", "1999-08");
        says(all, "integer", "", "Indiquez votre taille");
        says(all, "integer", "reponse=grand", "Écrivez votre taille en chiffres, sans virgule, par exemple 25");
        says(all, "integer", "reponse=-180", "Écrivez votre taille en chiffres, sans virgule, par exemple 25");
        says(all, "integer", "reponse=1e3", "Écrivez votre taille en chiffres, sans virgule, par exemple 25");
        says(all, "integer", "reponse=300", "Indiquez un nombre entre 120 et 230\u00A0cm");
        says(all, "decimal", "reponse=180,55", "Écrivez votre taille avec un chiffre après la virgule au plus, par exemple 7,2");
        says(all, "boolean", "", "Répondez à la question sur votre taille");
        says(all, "boolean", "reponse=true&reponse=false", "Répondez à la question sur votre taille");
        says(all, "multi", "", "Cochez au moins une réponse");
        says(all, "multi", "reponse=yeux&reponse=aucun", "Cochez la dernière réponse seule, ou décochez-la");
        says(all, "month", "mois=13&annee=2021", "Le mois doit être compris entre 1 et 12");
        says(all, "month", "mois=ju&annee=2021", "Le mois doit être compris entre 1 et 12");
        says(all, "month", "mois=jui&annee=2021", "Le mois doit être compris entre 1 et 12");
        says(all, "month", "mois=3&annee=21", "L’année doit avoir quatre chiffres, par exemple 2019");
        says(all, "month", "mois=3", "Indiquez le mois et l’année, même de façon approchée");
        return all;
    }

    private static void gives(List<Run.Case> all, String type, String body, Object value) {
        all.add(new Run.Case(type + " " + body, () -> {
            var entry = typed(type, body);
            Check.same(null, entry.fault, "fault");
            Check.same(value, entry.value, "value");
        }));
    }

    private static void says(List<Run.Case> all, String type, String body, String fault) {
        all.add(new Run.Case(type + " " + body, () -> Check.same(fault, typed(type, body).fault, "sentence")));
    }

    @Test
    void aPageShowsWhatWasTypedAsText() {
        var entry = typed("integer", "reponse=%22%3E%3Cscript%3E");
        var html = Page.field(new java.util.HashMap<>(Map.of("type", "integer", "text", "<b>", "unit", "", "help", "", "unsure", false)), entry);
        Check.that(!html.contains("<script>") && !html.contains("<b>"), html);
    }

    @Test
    void aFormIsBounded() {
        Check.fails(Refusal.class, () -> Form.read("a=1&".repeat(61).getBytes(StandardCharsets.US_ASCII)), "61 fields");
        Check.fails(Refusal.class, () -> Form.read(("a=" + "x".repeat(201)).getBytes(StandardCharsets.US_ASCII)), "long value");
        Check.fails(Refusal.class, () -> Form.read("a=%zz".getBytes(StandardCharsets.US_ASCII)), "bad escape");
    }
}
