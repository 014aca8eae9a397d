package fr.assurly.reflex.ui;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The pages, in the product's own look. All of it works without a script.
 *
 * <p>Every text that is not of this source goes through {@link #text}. A title never says what a question is about: titles
 * stay in a browser's history.
 */
final class Page {
    private static final String MARK = "<svg viewBox=\"0 0 32 32\" width=\"34\" height=\"34\" aria-hidden=\"true\" focusable=\"false\">"
        + "<path class=\"l-p\" d=\"M3 19a13 13 0 0 1 26 0\" fill=\"none\" stroke-width=\"3.5\" stroke-linecap=\"round\"/><g class=\"l-f\">"
        + "<rect x=\"8\" y=\"14\" width=\"4\" height=\"14\" rx=\"1.5\"/><rect x=\"14\" y=\"18\" width=\"4\" height=\"10\" rx=\"1.5\"/></g>"
        + "<rect class=\"l-a\" x=\"20\" y=\"22\" width=\"4\" height=\"6\" rx=\"1.5\"/></svg>";

    private final StringBuilder out = new StringBuilder();
    private final String notice;

    Page(String title, boolean refused, String brand, Look look, String notice) {
        this.notice = notice;
        out.append("<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<title>").append(refused ? "Erreur\u00A0: " : "").append(text(title))
            .append(" – Assurance de prêt</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .append("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n")
            .append("<link rel=\"preload\" href=\"/continue/look/figtree.woff2\" as=\"font\" type=\"font/woff2\" crossorigin>\n")
            .append("<link rel=\"stylesheet\" href=\"/continue/look/").append(look.version()).append("/site.css\">\n")
            .append("<link rel=\"icon\" href=\"/continue/look/favicon.svg\" type=\"image/svg+xml\">\n</head>\n<body>\n")
            .append("<a class=\"saut\" href=\"#contenu\">Aller au contenu</a>\n<header class=\"tete\"><div class=\"cadre\">\n")
            .append("<a class=\"marque\" href=\"/\">").append(MARK).append("<span>").append(text(brand)).append("</span></a>\n")
            .append("<span class=\"slogan\">Assurance de prêt</span>\n</div></header>\n<main id=\"contenu\" class=\"cadre\"><div class=\"colonne\">\n");
    }

    Page add(String html) {
        out.append(html).append('\n');
        return this;
    }

    byte[] bytes() {
        if (!notice.isEmpty()) {
            out.append("<p class=\"note illustratif\"><span class=\"etat\">ILLUSTRATIF</span> ").append(text(notice)).append("</p>\n");
        }
        out.append("</div></main>\n<footer class=\"pied\"><div class=\"cadre\">\n<nav aria-label=\"Pied de page\"><ul>\n")
            .append("<li><a href=\"/aide\">Aide et contact</a></li>\n<li><a href=\"/plan-du-site\">Plan du site</a></li>\n")
            .append("<li><a href=\"/resiliation\">Résilier votre contrat</a></li>\n<li><a href=\"/reclamation\">Réclamation</a></li>\n")
            .append("<li><a href=\"/donnees-personnelles\">Données personnelles</a></li>\n<li><a href=\"/mentions-legales\">Mentions légales</a></li>\n")
            .append("<li><a href=\"/accessibilite\">Accessibilité\u00A0: partiellement conforme</a></li>\n</ul></nav>\n</div></footer>\n</body>\n</html>\n");
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    static String text(Object value) {
        return value == null ? "" : value.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
            .replace("'", "&#39;");
    }

    static String number(Object value) {
        var plain = ((BigDecimal) value).stripTrailingZeros().toPlainString().replace('.', ',');
        return plain.length() > 4 ? plain.replaceAll("(?<=\\d)(?=(\\d{3})+$)", "\u202F") : plain;
    }

    // --- one question

    /** Where somebody is in the questionnaire: the section in words, and a bar that is only seen. */
    @SuppressWarnings("unchecked")
    static String place(Map<String, Object> view, Map<String, Object> question, int number) {
        var bar = new StringBuilder();
        var title = "";
        var before = true;
        for (var s : (List<Map<String, Object>>) view.get("sections")) {
            var here = s.get("id").equals(question.get("section"));
            if (here) title = (String) s.get("title");
            bar.append("<i").append(here ? " class=\"ici\"" : before ? " class=\"fait\"" : "").append("></i>");
            if (here) before = false;
        }
        return "<p class=\"etape\">" + text(title) + " – question " + number + "</p><div class=\"barre\" aria-hidden=\"true\">" + bar + "</div>";
    }

    @SuppressWarnings("unchecked")
    static boolean isHealth(Map<String, Object> view, Map<String, Object> question) {
        return ((List<Map<String, Object>>) view.get("sections")).stream()
            .anyMatch(s -> s.get("id").equals(question.get("section")) && Boolean.TRUE.equals(s.get("health")));
    }

    static String summary(Entry entry, String anchor) {
        return entry.fault == null ? "" : "<div class=\"bilan\" role=\"alert\" aria-labelledby=\"bilan-t\" tabindex=\"-1\" autofocus>"
            + "<h2 id=\"bilan-t\">Une réponse est à corriger</h2><ul><li><a href=\"#" + anchor + "\">" + text(entry.fault) + "</a></li></ul></div>";
    }

    static String field(Map<String, Object> question, Entry entry) {
        var type = (String) question.get("type");
        return switch (type) {
            case "boolean" -> choices(question, entry, "radio", List.of(Map.of("value", "false", "label", "Non"), Map.of("value", "true", "label", "Oui")));
            case "choice" -> choices(question, entry, "radio", options(question));
            case "multi" -> choices(question, entry, "checkbox", options(question));
            case "month" -> month(question, entry);
            default -> number(question, entry, type.equals("decimal"));
        };
    }

    /** The control that the summary leads to. */
    static String anchor(Map<String, Object> question, Entry entry) {
        return question.get("type").equals("month") ? !entry.monthAtFault && entry.yearAtFault ? "annee" : "mois" : "reponse";
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> options(Map<String, Object> question) {
        return (List<Map<String, Object>>) question.get("options");
    }

    private static String choices(Map<String, Object> question, Entry entry, String kind, List<? extends Map<String, ?>> options) {
        var html = new StringBuilder(open(question, entry)).append("<div class=\"choix-s\">");
        int i = 0;
        for (var option : options) choice(html, entry, kind, "reponse", i++, option.get("value").toString(), option.get("label").toString());
        if (Boolean.TRUE.equals(question.get("unsure"))) choice(html, entry, kind, "reponse", i, Entry.UNSURE, "Je ne sais pas");
        return html.append("</div></fieldset>").toString();
    }

    private static void choice(StringBuilder html, Entry entry, String kind, String name, int i, String value, String label) {
        var id = i == 0 ? name : name + "-" + i;
        html.append("<div class=\"choix\"><input type=\"").append(kind).append("\" id=\"").append(id).append("\" name=\"").append(name).append("\" value=\"")
            .append(text(value)).append('"').append(kind.equals("radio") ? " required" : "").append(entry.has(value) ? " checked" : "")
            .append(entry.fault != null ? " aria-invalid=\"true\"" : "").append("><label for=\"").append(id).append("\">").append(text(label)).append("</label></div>");
    }

    private static String number(Map<String, Object> question, Entry entry, boolean decimal) {
        var unit = question.getOrDefault("unit", "").toString();
        var typed = entry.typed.isEmpty() || entry.unsure ? "" : entry.typed.get(0);
        var html = new StringBuilder("<div class=\"champ").append(entry.fault != null ? " err" : "").append("\"><h1 class=\"question\"><label for=\"reponse\">")
            .append(text(question.get("text"))).append("</label></h1>").append(help(question)).append(message(entry))
            .append("<div class=\"saisie\"><input id=\"reponse\" name=\"reponse\" type=\"text\" inputmode=\"").append(decimal ? "decimal" : "numeric")
            .append("\" class=\"l6\" autocomplete=\"off\" spellcheck=\"false\" value=\"").append(text(typed)).append('"')
            .append(Boolean.TRUE.equals(question.get("unsure")) ? "" : " required").append(entry.fault != null ? " aria-invalid=\"true\"" : "")
            .append(described(question, entry)).append('>');
        if (!unit.isEmpty()) html.append("<span class=\"unite\" aria-hidden=\"true\">").append(text(unit)).append("</span>");
        html.append("</div>").append(unsure(question, entry)).append("</div>");
        return html.toString();
    }

    private static String month(Map<String, Object> question, Entry entry) {
        var html = new StringBuilder(open(question, entry)).append("<div class=\"date\">");
        part(html, "mois", "Mois", "l2", entry.month, entry.fault != null && entry.monthAtFault, "text");
        part(html, "annee", "Année", "l4", entry.year, entry.fault != null && entry.yearAtFault, "numeric");
        return html.append("</div>").append(unsure(question, entry)).append("</fieldset>").toString();
    }

    private static void part(StringBuilder html, String name, String label, String size, String value, boolean wrong, String mode) {
        html.append("<div><label for=\"").append(name).append("\">").append(label).append("</label><input id=\"").append(name).append("\" name=\"").append(name)
            .append("\" type=\"text\" inputmode=\"").append(mode).append("\" class=\"").append(size).append("\" autocomplete=\"off\" spellcheck=\"false\" value=\"")
            .append(text(value)).append("\" required").append(wrong ? " aria-invalid=\"true\"" : "").append("></div>");
    }

    private static String unsure(Map<String, Object> question, Entry entry) {
        return !Boolean.TRUE.equals(question.get("unsure")) ? "" : "<div class=\"choix inconnu\"><input type=\"checkbox\" id=\"inconnu\" name=\"inconnu\" value=\""
            + Entry.UNSURE + "\"" + (entry.unsure ? " checked" : "") + "><label for=\"inconnu\">Je ne sais pas</label></div>";
    }

    private static String open(Map<String, Object> question, Entry entry) {
        // No and yes side by side and in this order, as on every other page of the product.
        var pair = question.get("type").equals("boolean") && !Boolean.TRUE.equals(question.get("unsure"));
        return "<fieldset class=\"champ" + (pair ? " cote" : "") + (entry.fault != null ? " err" : "") + "\"" + described(question, entry) + "><legend><h1 class=\"question\">"
            + text(question.get("text")) + "</h1></legend>" + help(question) + message(entry);
    }

    private static String hint(Map<String, Object> question) {
        var help = question.getOrDefault("help", "").toString();
        return help.isEmpty() && question.get("type").equals("month") ? "Exemple\u00A0: 3 2021" : help;
    }

    private static String help(Map<String, Object> question) {
        var hint = hint(question);
        return hint.isEmpty() ? "" : "<p class=\"aide\" id=\"aide\">" + text(hint) + "</p>";
    }

    private static String message(Entry entry) {
        return entry.fault == null ? "" : "<p class=\"msg\" id=\"err\"><span class=\"vh\">Erreur\u00A0: </span>" + text(entry.fault) + "</p>";
    }

    private static String described(Map<String, Object> question, Entry entry) {
        var ids = (hint(question).isEmpty() ? "" : "aide ") + (entry.fault == null ? "" : "err");
        return ids.isBlank() ? "" : " aria-describedby=\"" + ids.strip() + "\"";
    }
}
