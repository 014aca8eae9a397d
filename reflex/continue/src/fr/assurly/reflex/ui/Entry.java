package fr.assurly.reflex.ui;

import fr.assurly.reflex.common.Json;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a person typed for one question, and the answer that it makes, or the French sentence that says how to correct it.
 *
 * <p>Numbers and months are read liberally; it must never guess between two readings.
 */
final class Entry {
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}([.,][0-9]{1,4})?");
    private static final Pattern YEAR = Pattern.compile("(19|20)[0-9]{2}");
    private static final List<String> MONTHS = List.of("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
        "octobre", "novembre", "decembre");
    static final String UNSURE = "NSP";

    final List<String> typed;
    final String month;
    final String year;
    final boolean unsure;
    /** The answer, once it can be told. */
    Object value;
    /** What is to be corrected, or null. */
    String fault;
    boolean monthAtFault;
    boolean yearAtFault;

    private Entry(List<String> typed, String month, String year, boolean unsure) {
        this.typed = typed;
        this.month = month;
        this.year = year;
        this.unsure = unsure;
    }

    /** As a question is shown first, or again with the answer that it has. */
    static Entry of(Map<String, Object> question) {
        var answer = question.get("answer");
        if (answer == null) return new Entry(List.of(), "", "", false);
        if (UNSURE.equals(answer)) return new Entry(List.of(UNSURE), "", "", true);
        if (answer instanceof List<?> list) return new Entry(list.stream().map(Object::toString).toList(), "", "", false);
        if (question.get("type").equals("month")) {
            var text = answer.toString();
            return new Entry(List.of(), Integer.toString(Integer.parseInt(text.substring(5))), text.substring(0, 4), false);
        }
        return new Entry(List.of(answer instanceof BigDecimal n ? n.toPlainString().replace('.', ',') : answer.toString()), "", "", false);
    }

    static Entry of(Map<String, Object> question, Form form) {
        var entry = new Entry(form.all("reponse"), form.one("mois"), form.one("annee"), form.all("inconnu").contains(UNSURE)
            || form.all("reponse").contains(UNSURE));
        entry.read(question);
        return entry;
    }

    boolean has(String option) {
        return typed.contains(option);
    }

    boolean isEmpty() {
        return typed.stream().allMatch(String::isBlank) && month.isEmpty() && year.isEmpty() && !unsure;
    }

    private void read(Map<String, Object> question) {
        var type = (String) question.get("type");
        var subject = (String) question.get("subject");
        var chosen = typed.size() == 1 ? typed.get(0).strip() : "";
        if (unsure && Boolean.TRUE.equals(question.get("unsure"))) {
            value = UNSURE;
            return;
        }
        switch (type) {
            case "boolean":
                if (chosen.equals("true") || chosen.equals("false")) value = Boolean.valueOf(chosen);
                else fault = "Répondez à la question sur " + subject;
                break;
            case "choice":
                if (chosen.isEmpty()) fault = "Répondez à la question sur " + subject;
                else value = chosen;
                break;
            case "multi":
                if (typed.isEmpty()) fault = "Cochez au moins une réponse";
                else if (typed.size() > 1 && question.get("none") != null && typed.contains(question.get("none"))) {
                    fault = "Cochez la dernière réponse seule, ou décochez-la";
                } else value = typed;
                break;
            case "month":
                readMonth(subject);
                break;
            default:
                readNumber(question, chosen, subject, type.equals("decimal"));
        }
    }

    private void readNumber(Map<String, Object> question, String chosen, String subject, boolean decimal) {
        var unit = question.getOrDefault("unit", "").toString();
        var plain = chosen.replaceAll("[\\s\\u00A0\\u202F\\u2009]", "");
        if (!unit.isEmpty() && plain.endsWith(unit.replaceAll("\\s", ""))) plain = plain.substring(0, plain.length() - unit.replaceAll("\\s", "").length());
        if (plain.isEmpty()) {
            fault = "Indiquez " + subject;
        } else if (!(decimal ? DECIMAL : WHOLE).matcher(plain).matches()) {
            fault = decimal ? "Écrivez " + subject + " avec un chiffre après la virgule au plus, par exemple 7,2"
                : "Écrivez " + subject + " en chiffres, sans virgule, par exemple " + question.get("max").toString().charAt(0) + "5";
        } else {
            var number = new BigDecimal(plain.replace(',', '.'));
            if (number.stripTrailingZeros().scale() > 1) {
                fault = "Écrivez " + subject + " avec un chiffre après la virgule au plus, par exemple 7,2";
            } else if (number.compareTo((BigDecimal) question.get("min")) < 0 || number.compareTo((BigDecimal) question.get("max")) > 0) {
                fault = range(question);
            } else {
                value = number;
            }
        }
    }

    private static String range(Map<String, Object> question) {
        var unit = question.getOrDefault("unit", "").toString();
        return "Indiquez un nombre entre " + Page.number(question.get("min")) + " et " + Page.number(question.get("max"))
            + (unit.isEmpty() ? "" : "\u00A0" + unit);
    }

    private void readMonth(String subject) {
        int m = monthNumber(month);
        monthAtFault = m == 0;
        yearAtFault = !YEAR.matcher(year).matches();
        if (month.isEmpty() || year.isEmpty()) fault = "Indiquez le mois et l’année, même de façon approchée";
        else if (monthAtFault) fault = "Le mois doit être compris entre 1 et 12";
        else if (yearAtFault) fault = "L’année doit avoir quatre chiffres, par exemple 2019";
        else value = String.format("%s-%02d", year, m);
    }

    private static int monthNumber(String text) {
        if (text.matches("0?[1-9]|1[0-2]")) return Integer.parseInt(text);
        var plain = Normalizer.normalize(text.toLowerCase(Locale.FRENCH), Normalizer.Form.NFD).replaceAll("\\p{M}", "");
        if (plain.length() < 3) return 0;
        int found = 0;
        for (int i = 0; i < 12; i++) {
            if (MONTHS.get(i).startsWith(plain)) {
                if (found != 0) return 0;
                found = i + 1;
            }
        }
        return found;
    }

    /** What the engine found at fault, in words. */
    void refused(String code, Map<String, Object> question) {
        var month = question.get("type").equals("month");
        monthAtFault = yearAtFault = month;
        if (code.equals("answer_range")) fault = month ? "Cette date est dans le futur : indiquez une date passée".replace(" :", "\u00A0:") : range(question);
        else fault = "Répondez à la question sur " + question.get("subject");
    }
}
