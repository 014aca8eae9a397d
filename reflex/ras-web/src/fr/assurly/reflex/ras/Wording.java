package fr.assurly.reflex.ras;

import java.util.Map;

/** The French words of codes: options, exclusions, documents asked for, guarantees. A code without words is refused at load. */
record Wording(Map<String, String> options, Map<String, String> exclusions, Map<String, String> evidence,
               Map<String, String> guarantees) {
    String option(String question, String option) {
        return options.get(question + "." + option);
    }
}
