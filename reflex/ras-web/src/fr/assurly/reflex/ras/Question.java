package fr.assurly.reflex.ras;

import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One question of a knowledge base, and whether a value answers it.
 *
 * <p>{@code when} is the reflexive trigger. It must never guess: a value of another type is refused, not converted.
 */
record Question(String id, String section, Type type, BigDecimal min, BigDecimal max, int decimals, String unit,
                List<String> options, String none, String text, String help, String subject,
                boolean optional, boolean unsure, Scope.Condition when) {
    /** The answer "I do not know", where a question allows it. */
    static final String UNSURE = "NSP";

    private static final Pattern MONTH = Pattern.compile("(19|20)[0-9]{2}-(0[1-9]|1[0-2])");

    /** Null when {@code value} answers the question, else why not: {@code answer_type}, {@code _range}, {@code _option}. */
    String fault(Object value, YearMonth now) {
        if (unsure && UNSURE.equals(value)) return null;
        switch (type) {
            case BOOLEAN:
                return value instanceof Boolean ? null : "answer_type";
            case INTEGER, DECIMAL, MONEY:
                if (!(value instanceof BigDecimal n)) return "answer_type";
                if (n.stripTrailingZeros().scale() > decimals) return "answer_type";
                return n.compareTo(min) >= 0 && n.compareTo(max) <= 0 ? null : "answer_range";
            case CHOICE:
                if (!(value instanceof String)) return "answer_type";
                return options.contains(value) ? null : "answer_option";
            case MULTI:
                if (!(value instanceof List<?> list) || list.isEmpty()) return "answer_type";
                var seen = new LinkedHashSet<Object>(list);
                if (seen.size() != list.size() || !options.containsAll(list)) return "answer_option";
                return list.size() > 1 && none != null && list.contains(none) ? "answer_option" : null;
            case MONTH:
                if (!(value instanceof String s) || !MONTH.matcher(s).matches()) return "answer_type";
                return YearMonth.parse(s).isAfter(now) ? "answer_range" : null;
            default:
                throw new IllegalStateException();
        }
    }
}
