package fr.assurly.reflex.ui;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The decision in plain words, from the commercial view: no reason, no rule, nothing that is not the applicant's to read.
 * A refusal or a delay always comes with what can be done next.
 */
final class Outcome {
    private static final String AERAS = "<p>La convention AERAS aide à emprunter avec un problème de santé\u00A0: <a href=\"https://www.aeras-infos.fr\" "
        + "rel=\"noreferrer\">aeras-infos.fr</a>. Une commission de médiation existe.</p>";

    private Outcome() {}

    @SuppressWarnings("unchecked")
    static Page page(Page page, Map<String, Object> view, String leave) {
        var decision = (Map<String, Object>) view.get("decision");
        var guarantees = (List<Map<String, Object>>) decision.get("guarantees");
        var overall = (String) decision.get("overall");
        var some = guarantees.stream().anyMatch(g -> List.of("ACCEPT", "LOADING", "EXCLUSION").contains(g.get("outcome")));
        if (overall.equals("DECLINE") && some) overall = "PARTIAL";
        page.add("<h1>" + heading(overall) + "</h1>");
        switch (overall) {
            case "ACCEPT" -> page.add("<p class=\"chapo\">Vos garanties sont acceptées au tarif normal.</p>");
            case "LOADING", "EXCLUSION", "PARTIAL" -> page.add(conditions(guarantees))
                .add("<p>Le médecin-conseil peut vous donner les raisons médicales, à vous seul. Vous choisissez ensuite d’accepter ou non.</p>" + AERAS);
            case "EVIDENCE", "REFER" -> page.add("<p class=\"chapo\">Le médecin de l’assureur, tenu au secret, lit votre dossier. Vous n’êtes ni accepté ni refusé.</p>"
                + evidence(guarantees) + "<p>Vous recevrez une réponse dans les 15 jours ouvrés après le dernier document.</p>");
            case "POSTPONE" -> page.add("<p class=\"chapo\">Vous pourrez refaire une demande dans " + months(guarantees) + " mois.</p>"
                + "<p>Ce n’est pas un refus. Vous pouvez demander qu’une personne étudie votre dossier.</p>" + AERAS);
            default -> page.add("<p class=\"chapo\">Vous pouvez demander qu’une personne étudie votre dossier.</p>" + AERAS);
        }
        var mark = ((String) decision.get("decisionId")).substring(0, 8);
        page.add("<h2>Vos documents</h2><ul class=\"documents\"><li><a href=\"/cep-core/api/v1/documents/decision-" + mark + "\">Notre réponse (PDF)</a></li>"
            + "<li><a href=\"/cep-core/api/v1/documents/questionnaire\">Vos réponses (PDF)</a></li></ul>");
        if (List.of("ACCEPT", "LOADING", "EXCLUSION", "PARTIAL").contains(overall)) {
            page.add("<p>Cette réponse est valable jusqu’au " + ContinueModule.date(decision.get("validUntil") + "T12:00:00Z") + ".</p>");
        }
        return page.add("<p><a class=\"bouton\" href=\"" + leave + "\">Retour à mon dossier</a></p>");
    }

    private static String heading(String overall) {
        return switch (overall) {
            case "ACCEPT" -> "Votre demande est acceptée";
            case "LOADING", "EXCLUSION" -> "Nous pouvons vous assurer, à ces conditions";
            case "PARTIAL" -> "Nous pouvons vous assurer pour une partie des garanties";
            case "EVIDENCE" -> "Il nous manque un document";
            case "REFER" -> "Votre dossier est à l’étude";
            case "POSTPONE" -> "Votre demande doit attendre";
            default -> "Nous ne pouvons pas vous assurer pour ce prêt";
        };
    }

    @SuppressWarnings("unchecked")
    private static String conditions(List<Map<String, Object>> guarantees) {
        var rows = new StringBuilder();
        for (var g : guarantees) {
            var said = new StringBuilder();
            if (g.get("outcome").equals("DECLINE")) said.append("non accordée");
            else if (g.get("outcome").equals("ACCEPT")) said.append("tarif normal");
            if (!g.get("loadingPct").toString().equals("0")) said.append("supplément de prix\u00A0: ").append(g.get("loadingPct")).append("\u00A0%");
            for (var e : (List<Map<String, Object>>) g.get("exclusions")) {
                if (said.length() > 0) said.append("<br>");
                said.append("pas couvert\u00A0: ").append(Page.text(e.get("wording")));
            }
            rows.append("<div><dt>").append(Page.text(g.get("label"))).append("</dt><dd>").append(said).append("</dd></div>");
        }
        return "<dl class=\"faits conditions\">" + rows + "</dl>";
    }

    @SuppressWarnings("unchecked")
    private static String evidence(List<Map<String, Object>> guarantees) {
        var all = new LinkedHashSet<String>();
        for (var g : guarantees) for (var e : (List<Map<String, Object>>) g.get("evidence")) all.add((String) e.get("wording"));
        if (all.isEmpty()) return "";
        var list = new StringBuilder("<h2>Ce qu’il nous faut</h2><ul>");
        for (var wording : all) list.append("<li>").append(Page.text(wording)).append("</li>");
        return list.append("</ul>").toString();
    }

    private static Object months(List<Map<String, Object>> guarantees) {
        return guarantees.stream().map(g -> g.get("postponeMonths")).filter(java.util.Objects::nonNull)
            .map(m -> Integer.parseInt(m.toString())).max(Integer::compare).orElse(12);
    }
}
