package fr.assurly.reflex.ras;

import java.util.Locale;

/** What a fact or an answer may be. Money is in whole euros. */
enum Type {
    BOOLEAN, INTEGER, DECIMAL, MONEY, CHOICE, MULTI, MONTH;

    boolean isNumber() {
        return this == INTEGER || this == DECIMAL || this == MONEY;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
