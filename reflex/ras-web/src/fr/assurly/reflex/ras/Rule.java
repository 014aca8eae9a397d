package fr.assurly.reflex.ras;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A rule: when its condition holds, what it does to which guarantees, and which answers the law makes it forget. */
record Rule(String id, boolean health, Scope.Condition when, List<Effect> then, Map<String, Object> forget) {
    /** One effect on guarantees; only what it says is not null, empty or zero. */
    record Effect(Set<String> on, BigDecimal loading, BigDecimal perMille, String group, String exclusion,
                  List<String> evidence, Outcome outcome, int postponeMonths) {}
}
