package fr.assurly.reflex.ras;

/** What becomes of a guarantee, from the best to the worst: a guarantee takes the worst of what applies to it. */
enum Outcome {
    ACCEPT, LOADING, EXCLUSION, EVIDENCE, REFER, POSTPONE, DECLINE;

    Outcome worse(Outcome other) {
        return ordinal() >= other.ordinal() ? this : other;
    }

    /** Whether a person has to look before there is an answer. */
    boolean needsHuman() {
        return this == EVIDENCE || this == REFER;
    }
}
