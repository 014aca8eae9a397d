package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The answers of one person to one knowledge base on one day: which questions are shown, which are missing, and what an
 * answer changes. Hidden answers are dropped, and what the law forbids to keep is rewritten, before anybody stores it.
 *
 * <p>It must never show a question of health to somebody who may not be asked.
 */
final class Disclosure implements Scope {
    private final KnowledgeBase base;
    private final Map<String, Object> facts;
    private final LocalDate asOf;
    private final Map<String, Object> answers;
    /** The questions shown, in their order; also which answers count. */
    private Map<String, Question> visible = Map.of();

    Disclosure(KnowledgeBase base, Map<String, Object> facts, LocalDate asOf, Map<String, Object> answers) {
        this.base = base;
        this.facts = facts;
        this.asOf = asOf;
        this.answers = new LinkedHashMap<>(answers);
        settle();
    }

    @Override
    public Object value(String variable) {
        var fact = facts.get(variable);
        if (fact != null) return fact;
        var formula = base.derived().get(variable);
        if (formula != null) return formula.of(this);
        var answer = visible.containsKey(variable) ? answers.get(variable) : null;
        return Question.UNSURE.equals(answer) ? null : answer;
    }

    @Override
    public boolean unsure(String variable) {
        return visible.containsKey(variable) && Question.UNSURE.equals(answers.get(variable));
    }

    @Override
    public LocalDate asOf() {
        return asOf;
    }

    boolean healthAllowed() {
        return Boolean.TRUE.equals(facts.get(base.healthFact()));
    }

    /** Puts answers; a null takes one back. Nothing is changed if one of them is at fault. */
    void put(Map<String, Object> given) {
        var now = YearMonth.from(asOf);
        var faults = new ArrayList<Map<String, Object>>();
        var before = new LinkedHashMap<>(answers);
        // In the order of the questions: an answer may show the question that the next one answers.
        for (var question : base.questions().values()) {
            var id = question.id();
            if (!given.containsKey(id)) continue;
            var value = given.get(id);
            if (value == null) {
                answers.remove(id);
            } else if (!visible.containsKey(id)) {
                faults.add(Json.object("id", id, "code", "answer_hidden"));
            } else {
                var fault = question.fault(value, now);
                if (fault != null) faults.add(Json.object("id", id, "code", fault));
                else answers.put(id, value);
            }
            look();
        }
        for (var id : given.keySet()) {
            if (!base.questions().containsKey(id)) faults.add(Json.object("id", "…", "code", "answer_unknown"));
        }
        if (!faults.isEmpty()) {
            answers.clear();
            answers.putAll(before);
            look();
            throw new Refusal(422, (String) faults.get(0).get("code"), "Une réponse n’est pas celle attendue.", faults, 0);
        }
        settle();
    }

    /** Rewrites what must be forgotten and drops what is hidden, until nothing changes. */
    private void settle() {
        look();
        for (var rule : base.rules()) {
            if (rule.forget().isEmpty() || !Condition.holds(rule.when(), this)) continue;
            rule.forget().forEach((id, value) -> {
                if (value == null) answers.remove(id);
                else answers.put(id, value);
            });
            look();
        }
        answers.keySet().removeIf(id -> !visible.containsKey(id));
    }

    private void look() {
        var shown = new LinkedHashMap<String, Question>();
        visible = shown;
        for (var question : base.questions().values()) {
            if (base.isHealth(question) && !healthAllowed()) continue;
            if (Condition.holds(question.when(), this)) shown.put(question.id(), question);
        }
    }

    Map<String, Object> answers() {
        return answers;
    }

    List<Question> visible() {
        return List.copyOf(visible.values());
    }

    List<String> missing() {
        return visible.values().stream().filter(q -> !q.optional() && !answers.containsKey(q.id())).map(Question::id).toList();
    }

    /** An answer in words, for a page or a document. */
    String inWords(Question question) {
        var value = answers.get(question.id());
        if (value == null) return "";
        if (value.equals(Question.UNSURE)) return "Je ne sais pas";
        if (value instanceof Boolean yes) return yes ? "Oui" : "Non";
        if (value instanceof BigDecimal number) {
            var text = number.stripTrailingZeros().toPlainString().replace('.', ',');
            return question.unit().isEmpty() ? text : text + "\u00A0" + question.unit();
        }
        if (value instanceof List<?> list) {
            return String.join(", ", list.stream().map(o -> base.wording().option(question.id(), (String) o)).toList());
        }
        if (question.type() == Type.MONTH) {
            var month = YearMonth.parse((String) value);
            return MONTHS.get(month.getMonthValue() - 1) + " " + month.getYear();
        }
        return base.wording().option(question.id(), (String) value);
    }

    private static final List<String> MONTHS = List.of("janvier", "février", "mars", "avril", "mai", "juin", "juillet",
        "août", "septembre", "octobre", "novembre", "décembre");
}
