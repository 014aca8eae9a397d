package fr.assurly.reflex.ras;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * One version of the questions and rules, as read and checked by {@link KnowledgeBaseLoader}. It never changes: a case
 * keeps the version that it began with.
 */
record KnowledgeBase(String name, String status, String notice, List<String> guarantees, BigDecimal mostLoading,
                     int mostAnswers, String healthFact, Map<String, Fact> facts, Map<String, Scope.Formula> derived,
                     Map<String, Section> sections, Map<String, Question> questions, List<Rule> rules, Wording wording) {
    record Fact(Type type, BigDecimal min, BigDecimal max) {}

    record Section(String id, String title, boolean health) {}

    boolean isHealth(Question question) {
        return sections.get(question.section()).health();
    }
}
