package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The decision that the rules give on complete answers, guarantee by guarantee.
 *
 * <p>A pure function of the knowledge base, the facts, the answers and the day. It must never refuse for health: the
 * loader has refused such rules, and a total above the limit goes to a human.
 */
final class Assessment {
    /** The insurer's proposal stays valid so long (AERAS). */
    private static final int VALID_MONTHS = 4;

    private Assessment() {}

    private static final class Verdict {
        private Outcome outcome = Outcome.ACCEPT;
        private BigDecimal loading = BigDecimal.ZERO;
        private BigDecimal perMille = BigDecimal.ZERO;
        private final Map<String, BigDecimal> groups = new LinkedHashMap<>();
        private final Set<String> exclusions = new LinkedHashSet<>();
        private final Set<String> evidence = new LinkedHashSet<>();
        private final List<String> rules = new ArrayList<>();
        private int postpone;

        void apply(String rule, Rule.Effect effect) {
            if (!rules.contains(rule)) rules.add(rule);
            if (effect.group() == null) loading = loading.add(effect.loading());
            else groups.merge(effect.group(), effect.loading(), BigDecimal::max);
            perMille = perMille.add(effect.perMille());
            if (effect.exclusion() != null) exclusions.add(effect.exclusion());
            evidence.addAll(effect.evidence());
            postpone = Math.max(postpone, effect.postponeMonths());
            outcome = outcome.worse(effect.outcome());
        }

        Map<String, Object> close(String code, BigDecimal most) {
            for (var part : groups.values()) loading = loading.add(part);
            if (loading.signum() > 0 || perMille.signum() > 0) outcome = outcome.worse(Outcome.LOADING);
            if (!exclusions.isEmpty()) outcome = outcome.worse(Outcome.EXCLUSION);
            if (!evidence.isEmpty()) outcome = outcome.worse(Outcome.EVIDENCE);
            if (loading.compareTo(most) > 0) outcome = outcome.worse(Outcome.REFER);
            if (postpone > 0) outcome = outcome.worse(Outcome.POSTPONE);
            return Json.object("code", code, "outcome", outcome.name(), "loadingPct", loading, "perMille", perMille,
                "exclusions", List.copyOf(exclusions), "evidence", List.copyOf(evidence),
                "postponeMonths", postpone > 0 ? postpone : null);
        }
    }

    static Map<String, Object> of(KnowledgeBase base, Disclosure disclosure, List<String> guarantees, String id, Instant now) {
        var verdicts = new LinkedHashMap<String, Verdict>();
        for (var code : guarantees) verdicts.put(code, new Verdict());
        for (var rule : base.rules()) {
            if (rule.health() && !disclosure.healthAllowed()) continue;
            if (!Scope.Condition.holds(rule.when(), disclosure)) continue;
            for (var effect : rule.then()) {
                for (var code : effect.on()) {
                    if (verdicts.containsKey(code)) verdicts.get(code).apply(rule.id(), effect);
                }
            }
        }
        var overall = Outcome.ACCEPT;
        var human = false;
        var list = new ArrayList<Object>();
        var rules = new LinkedHashMap<String, Object>();
        for (var entry : verdicts.entrySet()) {
            list.add(entry.getValue().close(entry.getKey(), base.mostLoading()));
            overall = overall.worse(entry.getValue().outcome);
            human |= entry.getValue().outcome.needsHuman();
            rules.put(entry.getKey(), entry.getValue().rules);
        }
        var day = LocalDate.ofInstant(now, java.time.ZoneId.of("Europe/Paris"));
        return Json.object("decisionId", id, "kb", base.name(), "asOf", disclosure.asOf().toString(),
            "decidedAt", now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString(),
            "validUntil", day.plusMonths(VALID_MONTHS).toString(), "automatic", true,
            "status", human ? "REFERRED" : "DECIDED", "overall", overall.name(), "guarantees", list,
            "medical", Json.object("rules", rules,
                "answersSha256", Digest.sha256Hex(Json.bytes(new TreeMap<>(disclosure.answers())))));
    }
}
