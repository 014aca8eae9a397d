package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a {@code reflex-kb/1} file and refuses, by the name of the question or rule, what must never be served: an
 * unknown word, a question that nobody can reach, an option that nothing looks at, French that is missing or badly set,
 * and above all a rule that would refuse somebody for health without a human.
 */
final class KnowledgeBaseLoader {
    /** The file is not a knowledge base that may be used; the message names the place. */
    static final class Unusable extends RuntimeException {
        Unusable(String where, String why) {
            super(where + ": " + why);
        }
    }

    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,40}");
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,40}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{0,40}");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,4}){2}");
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]{1,600}");
    /** French marks: a narrow space before ; ! ?, a space that does not break before : and units, curly apostrophes. */
    private static final Pattern BAD_FRENCH = Pattern.compile("[^\\u00A0\\u202F][;!?»]|[^\\u00A0][:%€]|[«][^\\u00A0]|'|\\.\\.\\.");
    private static final Set<String> DOMAINS = Set.of("eligibilite", "profession", "sport", "mode_de_vie", "sante");

    private final Map<String, KnowledgeBase.Fact> facts = new LinkedHashMap<>();
    private final Map<String, Scope.Formula> derived = new LinkedHashMap<>();
    private final Map<String, Set<String>> derivedUses = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> lists = new LinkedHashMap<>();
    private final Map<String, KnowledgeBase.Section> sections = new LinkedHashMap<>();
    private final Map<String, Question> questions = new LinkedHashMap<>();
    private final Map<String, Type> declared = new LinkedHashMap<>();
    private final Set<String> usedOptions = new HashSet<>();
    private final Set<String> usedUnsure = new HashSet<>();
    private final Wording wording;
    private String where = "knowledge base";

    private KnowledgeBaseLoader(Wording wording) {
        this.wording = wording;
    }

    static KnowledgeBase load(byte[] file, Wording wording) {
        var loader = new KnowledgeBaseLoader(wording);
        try {
            return loader.read(Json.readObject(file));
        } catch (Json.Malformed e) {
            throw new Unusable(loader.where, e.getMessage());
        } catch (Refusal e) {
            throw new Unusable(loader.where, e.errors.toString());
        }
    }

    static Wording wording(byte[] file) {
        var fields = new Fields(Json.readObject(file), "");
        fields.any("note");
        var words = new Wording(texts(fields, "options"), texts(fields, "exclusions"), texts(fields, "evidence"), texts(fields, "guarantees"));
        fields.end();
        return words;
    }

    private static Map<String, String> texts(Fields fields, String name) {
        var words = new LinkedHashMap<String, String>();
        fields.map(name, 500).forEach((code, text) -> {
            if (!(text instanceof String s)) throw new Unusable("wording " + code, "a text is expected");
            words.put(code, french("wording " + code, s));
        });
        return words;
    }

    private KnowledgeBase read(Map<String, Object> root) {
        var f = new Fields(root, "");
        if (!"reflex-kb/1".equals(f.any("schema"))) throw bad("the schema must be reflex-kb/1");
        var name = f.text("id", WORD) + "@" + f.text("version", VERSION);
        where = name;
        if (!"fr-FR".equals(f.any("locale"))) throw bad("the locale must be fr-FR");
        var status = f.text("status", Pattern.compile("ILLUSTRATIF|EN_VIGUEUR"));
        var notice = french(where, f.text("notice", TEXT));
        LocalDate.parse(f.text("effective_from", Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")));
        var review = f.object("wording");
        var reviewed = review.text("status", Pattern.compile("A_RELIRE|RELU")).equals("RELU");
        if (reviewed) {
            review.text("by", TEXT);
            review.text("on", TEXT);
        }
        review.end();
        if (!reviewed && !status.equals("ILLUSTRATIF")) throw bad("its French has not been reviewed: it can only be ILLUSTRATIF");
        var guarantees = f.texts("guarantees", 10, CODE);
        for (var g : guarantees) if (!wording.guarantees().containsKey(g)) throw bad("guarantee " + g + " has no wording");
        var limits = f.object("limits");
        var mostLoading = BigDecimal.valueOf(limits.integer("max_total_loading", 1, 1000));
        var mostAnswers = (int) limits.integer("max_answers", 1, 200);
        limits.end();
        var policy = f.object("policy");
        var never = policy.object("never_automatic");
        var neverDecline = Set.copyOf(never.texts("DECLINE", 5, ID));
        never.end();
        if (!neverDecline.contains("sante")) throw bad("policy.never_automatic must forbid DECLINE in the domain sante");
        var healthFact = policy.text("health_fact", ID);
        policy.end();

        readFacts(f.list("facts", 30));
        if (!facts.containsKey(healthFact) || facts.get(healthFact).type() != Type.BOOLEAN) throw bad("policy.health_fact is not a boolean fact");
        readLists(f.map("lists", 30));
        for (var item : f.list("sections", 10)) readSection(item);
        // Types first: a formula may use a question that stands further down, a trigger may not.
        for (var item : f.list("questions", 200)) declare(item);
        var formulas = f.map("derived", 50);
        for (var entry : formulas.entrySet()) derive(entry.getKey(), formulas, new LinkedHashSet<>());
        for (var item : f.list("questions", 200)) readQuestion(item);
        var rules = new ArrayList<Rule>();
        var ids = new HashSet<String>();
        for (var item : f.list("rules", 500)) {
            var rule = readRule(item, guarantees, neverDecline);
            if (!ids.add(rule.id())) throw bad("duplicate id");
            rules.add(rule);
        }
        where = name;
        f.end();
        checkOptions();
        return new KnowledgeBase(name, status, notice, guarantees, mostLoading, mostAnswers, healthFact, Map.copyOf(facts),
            Map.copyOf(derived), sections, questions, List.copyOf(rules), wording);
    }

    private void readFacts(List<Object> items) {
        for (var item : items) {
            var f = new Fields(item, "facts");
            var id = fresh(f.text("id", ID));
            var type = type(f.text("type", ID));
            where = "fact " + id;
            if (type == Type.BOOLEAN) facts.put(id, new KnowledgeBase.Fact(type, null, null));
            else if (type == Type.INTEGER || type == Type.MONEY) {
                facts.put(id, new KnowledgeBase.Fact(type, number(f, "min"), number(f, "max")));
            } else throw bad("a fact is a boolean, an integer or money");
            f.end();
            declared.put(id, type);
        }
    }

    private void readLists(Map<String, Object> all) {
        all.forEach((name, value) -> {
            where = "list " + name;
            var classes = new LinkedHashMap<String, String>();
            if (!(value instanceof Map<?, ?> map)) throw bad("an object is expected");
            map.forEach((option, letter) -> classes.put((String) option, (String) letter));
            lists.put(name, classes);
        });
    }

    private void readSection(Object item) {
        var f = new Fields(item, "sections");
        var id = f.text("id", ID);
        where = "section " + id;
        var section = new KnowledgeBase.Section(id, french(where, f.text("title", TEXT)), Boolean.TRUE.equals(f.any("health")));
        if (sections.put(id, section) != null) throw bad("duplicate id");
        f.end();
    }

    private void declare(Object item) {
        var f = new Fields(item, "questions");
        var id = fresh(f.text("id", ID));
        declared.put(id, type(f.text("type", ID)));
    }

    private void derive(String id, Map<String, Object> formulas, Set<String> path) {
        if (derived.containsKey(id)) return;
        where = "derived " + id;
        if (!path.add(id)) throw bad("goes in a circle");
        if (path.size() == 1) fresh(id);
        var uses = new LinkedHashSet<String>();
        var formula = formula(formulas.get(id), uses, other -> derive(other, formulas, path), formulas.keySet());
        derived.put(id, formula);
        derivedUses.put(id, uses);
        where = "derived " + id;
    }

    private void readQuestion(Object item) {
        var f = new Fields(item, "questions");
        var id = f.text("id", ID);
        where = "question " + id;
        var section = f.text("section", ID);
        if (!sections.containsKey(section)) throw bad("unknown section " + section);
        var type = type(f.text("type", ID));
        var options = List.<String>of();
        String none = null;
        BigDecimal min = null;
        BigDecimal max = null;
        if (type == Type.CHOICE || type == Type.MULTI) {
            options = f.texts("options", 40, ID);
            if (options.size() < 2 || options.contains(Question.UNSURE)) throw bad("its options are too few, or reserved");
            for (var o : options) if (wording.option(id, o) == null) throw bad("option " + o + " has no wording");
            if (f.has("none")) {
                none = f.text("none", ID);
                if (type != Type.MULTI || !options.contains(none)) throw bad("none is not one of its options");
            }
            for (var o : f.has("neutral") ? f.texts("neutral", 40, ID) : List.<String>of()) {
                if (!options.contains(o)) throw bad("neutral option " + o + " is unknown");
                usedOptions.add(id + "." + o);
            }
        } else if (type.isNumber()) {
            min = number(f, "min");
            max = number(f, "max");
            if (min.compareTo(max) >= 0) throw bad("min is not below max");
        }
        var unit = f.text("unit", "", TEXT);
        var text = french(where, f.text("text", TEXT));
        if (!text.endsWith("\u202F?")) throw bad("a question ends with a question mark");
        var help = french(where, f.text("help", "", Pattern.compile("|" + TEXT)));
        var subject = french(where, f.text("subject", TEXT));
        var uses = new LinkedHashSet<String>();
        var when = f.has("when") ? condition(f.any("when"), uses) : (Scope.Condition) s -> true;
        for (var used : spread(uses)) {
            // Only what was asked before can trigger: so no circle, and one pass tells what is shown.
            if (declared.containsKey(used) && !facts.containsKey(used) && !questions.containsKey(used)) {
                throw bad("is shown by " + used + ", which is asked after it");
            }
        }
        if (!sections.get(section).health()) {
            for (var used : spread(uses)) {
                if (questions.containsKey(used) && isHealth(used)) throw bad("is not of health, but shown by health question " + used);
            }
        }
        var question = new Question(id, section, type, min, max, type == Type.DECIMAL ? 1 : 0, unit, options, none, text, help, subject,
            Boolean.TRUE.equals(f.any("optional")), Boolean.TRUE.equals(f.any("unsure")), when);
        f.any("neutral");
        f.end();
        questions.put(id, question);
    }

    private Rule readRule(Object item, List<String> guarantees, Set<String> neverDecline) {
        var f = new Fields(item, "rules");
        var id = f.text("id", CODE);
        where = "rule " + id;
        var domain = f.text("domain", ID);
        if (!DOMAINS.contains(domain)) throw bad("unknown domain " + domain);
        f.text("note", "", Pattern.compile("|" + TEXT));
        var uses = new LinkedHashSet<String>();
        var when = condition(f.any("when"), uses);
        // What a rule looks at decides, not what it calls itself.
        var health = domain.equals("sante") || spread(uses).stream().anyMatch(u -> questions.containsKey(u) && isHealth(u));
        var effects = new ArrayList<Rule.Effect>();
        for (var effect : f.list("then", 20)) effects.add(readEffect(effect, guarantees));
        for (var e : effects) {
            if (e.outcome() == Outcome.DECLINE && (health || neverDecline.contains(domain))) {
                throw bad("would refuse without a human in a domain where that is forbidden (health)");
            }
        }
        var forget = new LinkedHashMap<String, Object>();
        if (f.has("forget")) {
            f.map("forget", 20).forEach((question, value) -> {
                if (!questions.containsKey(question)) throw bad("forgets unknown question " + question);
                if (value != null && questions.get(question).fault(value, java.time.YearMonth.of(2000, 1)) != null) throw bad("forget gives " + question + " a wrong value");
                forget.put(question, value);
            });
        }
        f.end();
        return new Rule(id, health, when, List.copyOf(effects), forget);
    }

    private Rule.Effect readEffect(Object item, List<String> guarantees) {
        var f = new Fields(item, "then");
        var on = f.has("on") ? new LinkedHashSet<>(f.texts("on", 10, CODE)) : new LinkedHashSet<>(guarantees);
        for (var g : on) if (!guarantees.contains(g)) throw bad("unknown guarantee " + g);
        var loading = f.has("loading") ? BigDecimal.valueOf(f.integer("loading", 1, 1000)) : BigDecimal.ZERO;
        var perMille = f.has("per_mille") ? BigDecimal.valueOf(f.integer("per_mille", 1, 100)) : BigDecimal.ZERO;
        var group = f.text("group", null, ID);
        var exclusion = f.text("exclude", null, CODE);
        if (exclusion != null && !wording.exclusions().containsKey(exclusion)) throw bad("exclusion " + exclusion + " has no wording");
        var evidence = f.has("evidence") ? f.texts("evidence", 10, CODE) : List.<String>of();
        for (var e : evidence) if (!wording.evidence().containsKey(e)) throw bad("evidence " + e + " has no wording");
        var outcome = Outcome.ACCEPT;
        if (f.has("outcome")) {
            outcome = Outcome.valueOf(f.text("outcome", Pattern.compile("REFER|DECLINE")));
        }
        var months = (int) f.integer("postpone_months", 0, 3, 24);
        f.end();
        return new Rule.Effect(on, loading, perMille, group, exclusion, evidence, outcome, months);
    }

    // --- conditions and formulas

    private Scope.Condition condition(Object json, Set<String> uses) {
        if (!(json instanceof Map<?, ?> map) || map.size() != 1) throw bad("a condition has one operator");
        var operator = (String) map.keySet().iterator().next();
        var argument = map.get(operator);
        switch (operator) {
            case "all": case "any": return junction(operator.equals("all"), argument, uses);
            case "not": {
                var inner = condition(argument, uses);
                return s -> {
                    var v = inner.test(s);
                    return v == null ? null : !v;
                };
            }
            case "known": {
                var name = variable(argument, uses);
                return s -> s.value(name) != null;
            }
            case "unsure": {
                var name = variable(argument, uses);
                usedUnsure.add(name);
                return s -> s.unsure(name);
            }
            default: return comparison(operator, argument, uses);
        }
    }

    private Scope.Condition junction(boolean all, Object argument, Set<String> uses) {
        if (!(argument instanceof List<?> items) || items.isEmpty()) throw bad("all and any take a list");
        var parts = new ArrayList<Scope.Condition>();
        for (var item : items) parts.add(condition(item, uses));
        return s -> {
            Boolean result = all;
            for (var part : parts) {
                var v = part.test(s);
                if (v == null) result = null;
                else if (v != all) return v;
            }
            return result;
        };
    }

    private Scope.Condition comparison(String operator, Object argument, Set<String> uses) {
        if (!(argument instanceof List<?> args) || args.size() < 2) throw bad(operator + " takes a list");
        switch (operator) {
            case "eq": case "ne": {
                arity(operator, args, 2);
                var name = variable(args.get(0), uses);
                var wanted = args.get(1);
                checkValue(name, wanted);
                var equal = operator.equals("eq");
                return s -> {
                    var v = s.value(name);
                    return v == null ? null : same(v, wanted) == equal;
                };
            }
            case "in": {
                arity(operator, args, 2);
                var name = variable(args.get(0), uses);
                if (!(args.get(1) instanceof List<?> wanted) || wanted.isEmpty()) throw bad("in takes a list of values");
                for (var value : wanted) checkValue(name, value);
                return s -> {
                    var v = s.value(name);
                    return v == null ? null : wanted.stream().anyMatch(w -> same(v, w));
                };
            }
            case "has": {
                arity(operator, args, 2);
                var name = variable(args.get(0), uses);
                if (declared.get(name) != Type.MULTI) throw bad("has looks at a question of several options");
                var option = args.get(1);
                checkOption(name, option);
                return s -> s.value(name) instanceof List<?> v ? v.contains(option) : null;
            }
            case "class": {
                arity(operator, args, 3);
                var name = variable(args.get(0), uses);
                var classes = lists.get(args.get(1));
                if (classes == null) throw bad("unknown list " + args.get(1));
                if (!classes.containsValue(args.get(2))) throw bad("no option is of class " + args.get(2));
                classes.keySet().forEach(o -> checkOption(name, o));
                return s -> {
                    var v = s.value(name);
                    return v == null ? null : args.get(2).equals(classes.get(v));
                };
            }
            case "lt": case "le": case "gt": case "ge": {
                arity(operator, args, 2);
                var left = operand(args.get(0), uses);
                var right = operand(args.get(1), uses);
                checkReachable(operator, args.get(0), args.get(1), null);
                return s -> {
                    var a = left.of(s);
                    var b = right.of(s);
                    if (a == null || b == null) return null;
                    var c = a.compareTo(b);
                    return switch (operator) {
                        case "lt" -> c < 0;
                        case "le" -> c <= 0;
                        case "gt" -> c > 0;
                        default -> c >= 0;
                    };
                };
            }
            case "between": {
                arity(operator, args, 3);
                var value = operand(args.get(0), uses);
                var low = operand(args.get(1), uses);
                var high = operand(args.get(2), uses);
                checkReachable(operator, args.get(0), args.get(1), args.get(2));
                return s -> {
                    var v = value.of(s);
                    var a = low.of(s);
                    var b = high.of(s);
                    return v == null || a == null || b == null ? null : v.compareTo(a) >= 0 && v.compareTo(b) < 0;
                };
            }
            default: throw bad("unknown operator " + operator);
        }
    }

    private Scope.Formula operand(Object json, Set<String> uses) {
        if (json instanceof String || json instanceof Map) {
            var name = variable(json, uses);
            if (declared.containsKey(name) && !declared.get(name).isNumber()) throw bad(name + " is not a number");
            return numeric(name);
        }
        return formula(json, uses, other -> {
            throw bad("unknown variable " + other);
        }, derived.keySet());
    }

    private Scope.Formula numeric(String name) {
        var formula = derived.get(name);
        return formula != null ? formula : s -> s.value(name) instanceof BigDecimal n ? n : null;
    }

    private Scope.Formula formula(Object json, Set<String> uses, java.util.function.Consumer<String> derive, Set<String> known) {
        if (json instanceof BigDecimal constant) return s -> constant;
        if (json instanceof Map<?, ?> map && map.size() == 1 && map.get("var") instanceof String name) {
            if (known.contains(name) && !declared.containsKey(name)) derive.accept(name);
            variable(map, uses);
            if (declared.containsKey(name) && !declared.get(name).isNumber()) throw bad(name + " is not a number");
            return numeric(name);
        }
        if (!(json instanceof List<?> list) || list.size() < 2 || !(list.get(0) instanceof String operator)) throw bad("a formula is [operator, …]");
        if (operator.equals("years_since") || operator.equals("months_since")) {
            arity(operator, list.subList(1, list.size()), 1);
            var name = variable(list.get(1), uses);
            if (declared.get(name) != Type.MONTH) throw bad(name + " is not a month");
            var divisor = operator.equals("years_since") ? 12 : 1;
            return s -> {
                if (!(s.value(name) instanceof String month)) return null;
                var then = java.time.YearMonth.parse(month);
                var months = (s.asOf().getYear() - then.getYear()) * 12L + s.asOf().getMonthValue() - then.getMonthValue();
                return BigDecimal.valueOf(months).divide(BigDecimal.valueOf(divisor), java.math.MathContext.DECIMAL64);
            };
        }
        if (!Set.of("+", "-", "*", "/", "min", "max").contains(operator)) throw bad("unknown operator " + operator);
        if (list.size() < 3) throw bad(operator + " takes two values or more");
        var parts = new ArrayList<Scope.Formula>();
        for (var part : list.subList(1, list.size())) parts.add(formula(part, uses, derive, known));
        return s -> {
            BigDecimal result = null;
            for (var part : parts) {
                var v = part.of(s);
                if (v == null) return null;
                if (result == null) result = v;
                else if (operator.equals("/") && v.signum() == 0) return null;
                else result = apply(operator, result, v);
            }
            return result;
        };
    }

    private static BigDecimal apply(String operator, BigDecimal a, BigDecimal b) {
        return switch (operator) {
            case "+" -> a.add(b);
            case "-" -> a.subtract(b);
            case "*" -> a.multiply(b);
            case "/" -> a.divide(b, java.math.MathContext.DECIMAL64);
            case "min" -> a.min(b);
            default -> a.max(b);
        };
    }

    private String variable(Object json, Set<String> uses) {
        var name = json instanceof Map<?, ?> map && map.size() == 1 ? map.get("var") : json;
        if (!(name instanceof String s)) throw bad("a variable is expected");
        if (!declared.containsKey(s) && !derived.containsKey(s)) throw bad("unknown variable " + s);
        uses.add(s);
        return s;
    }

    // --- checks

    private void checkValue(String name, Object value) {
        var type = declared.get(name);
        if (type == Type.CHOICE) checkOption(name, value);
        else if (type == Type.BOOLEAN ? !(value instanceof Boolean) : type == null || type.isNumber() ? !(value instanceof BigDecimal) : true) {
            throw bad("compares " + name + " with a value of another type");
        }
    }

    private void checkOption(String name, Object option) {
        if (!questions.containsKey(name) || !questions.get(name).options().contains(option)) throw bad(name + " has no option " + option);
        usedOptions.add(name + "." + option);
    }

    /** A comparison that no answer within the bounds can satisfy is a mistake of its author. */
    private void checkReachable(String operator, Object left, Object right, Object high) {
        if (!(left instanceof String name) || !(right instanceof BigDecimal bound)) return;
        var question = questions.get(name);
        var fact = facts.get(name);
        var min = question != null ? question.min() : fact != null ? fact.min() : null;
        var max = question != null ? question.max() : fact != null ? fact.max() : null;
        if (min == null || max == null) return;
        var reachable = switch (operator) {
            case "lt" -> min.compareTo(bound) < 0;
            case "le" -> min.compareTo(bound) <= 0;
            case "gt" -> max.compareTo(bound) > 0;
            case "ge" -> max.compareTo(bound) >= 0;
            default -> high instanceof BigDecimal h && bound.compareTo(h) < 0 && max.compareTo(bound) >= 0 && min.compareTo(h) < 0;
        };
        if (!reachable) throw bad("no answer can make " + operator + " " + name + " " + bound + " true");
    }

    private void checkOptions() {
        for (var q : questions.values()) {
            where = "question " + q.id();
            for (var o : q.options()) {
                if (!usedOptions.contains(q.id() + "." + o) && !o.equals(q.none())) {
                    throw bad("option " + o + " changes nothing: use it, or declare it neutral");
                }
            }
            if (q.unsure() && !usedUnsure.contains(q.id())) throw bad("« je ne sais pas » is allowed, but no rule looks at it");
            if (!q.unsure() && usedUnsure.contains(q.id())) throw bad("a rule looks at « je ne sais pas », which it does not allow");
        }
    }

    private boolean isHealth(String question) {
        return sections.get(questions.get(question).section()).health();
    }

    /** The variables, and those that the derived ones among them use. */
    private Set<String> spread(Set<String> uses) {
        var all = new LinkedHashSet<String>();
        for (var name : uses) {
            all.add(name);
            if (derivedUses.containsKey(name)) all.addAll(spread(derivedUses.get(name)));
        }
        return all;
    }

    private String fresh(String id) {
        where = id;
        if (declared.containsKey(id) || derived.containsKey(id)) throw bad("duplicate id");
        return id;
    }

    private Type type(String name) {
        for (var type : Type.values()) if (type.code().equals(name)) return type;
        throw bad("unknown type " + name);
    }

    private BigDecimal number(Fields f, String name) {
        if (f.any(name) instanceof BigDecimal n) return n;
        throw bad(name + " must be a number");
    }

    private void arity(String operator, List<?> args, int n) {
        if (args.size() != n) throw bad(operator + " takes " + n + " values");
    }

    private static boolean same(Object a, Object b) {
        return a instanceof BigDecimal x && b instanceof BigDecimal y ? x.compareTo(y) == 0 : a.equals(b);
    }

    private static String french(String where, String text) {
        if (text.isBlank() && !text.isEmpty()) throw new Unusable(where, "blank text");
        var m = BAD_FRENCH.matcher(" " + text);
        if (m.find()) throw new Unusable(where, "French typography near « " + m.group() + " »");
        if (text.toLowerCase(Locale.FRENCH).contains("veuillez")) throw new Unusable(where, "the word « veuillez » is not used");
        return text;
    }

    private Unusable bad(String why) {
        return new Unusable(where, why);
    }
}
