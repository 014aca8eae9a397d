package fr.assurly.reflex.common;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The members of a JSON object, taken one by one with their type and bound.
 *
 * <p>{@link #end()} refuses what was not asked for: an unknown member must never be ignored in silence.
 */
public final class Fields {
    private final Map<String, Object> map;
    private final String where;
    private final Set<String> taken = new HashSet<>();

    @SuppressWarnings("unchecked")
    public Fields(Object value, String where) {
        if (!(value instanceof Map)) throw Refusal.field(where, "object");
        this.map = (Map<String, Object>) value;
        this.where = where.isEmpty() ? "" : where + ".";
    }

    public boolean has(String name) {
        return map.get(name) != null;
    }

    public Object any(String name) {
        taken.add(name);
        return map.get(name);
    }

    public String text(String name, Pattern shape) {
        if (any(name) instanceof String s && shape.matcher(s).matches()) return s;
        throw wrong(name, "text");
    }

    public String text(String name, String otherwise, Pattern shape) {
        return has(name) ? text(name, shape) : otherwise;
    }

    public long integer(String name, long min, long max) {
        if (any(name) instanceof BigDecimal n && n.scale() <= 0
            && n.compareTo(BigDecimal.valueOf(min)) >= 0 && n.compareTo(BigDecimal.valueOf(max)) <= 0) {
            return n.longValueExact();
        }
        throw wrong(name, "integer");
    }

    public long integer(String name, long otherwise, long min, long max) {
        return has(name) ? integer(name, min, max) : otherwise;
    }

    public Fields object(String name) {
        return new Fields(any(name), where + name);
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> map(String name, int most) {
        if (any(name) instanceof Map<?, ?> m && m.size() <= most) return (Map<String, Object>) m;
        throw wrong(name, "object");
    }

    @SuppressWarnings("unchecked")
    public List<Object> list(String name, int most) {
        if (any(name) instanceof List<?> l && l.size() <= most) return (List<Object>) l;
        throw wrong(name, "list");
    }

    /** A list of distinct texts. */
    public List<String> texts(String name, int most, Pattern shape) {
        var found = new java.util.LinkedHashSet<String>();
        for (var item : list(name, most)) {
            if (!(item instanceof String s) || !shape.matcher(s).matches() || !found.add(s)) throw wrong(name, "text");
        }
        return List.copyOf(found);
    }

    public Refusal wrong(String name, String code) {
        return Refusal.field(where + name, code);
    }

    public void end() {
        for (var name : map.keySet()) if (!taken.contains(name)) throw Refusal.field(where + "…", "unknown");
    }
}
