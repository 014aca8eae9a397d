package fr.assurly.reflex.ras;

import fr.assurly.reflex.common.Answer;
import fr.assurly.reflex.common.Call;
import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Module;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import fr.assurly.reflex.common.Store;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * RAS: the questionnaire and the assessment of one case, kept in one file.
 *
 * <p>It serves cep-core and nobody else: the connector of this machine only (a valve), the internal key, and a path
 * written as it stands. It knows no name, no token and no address.
 */
public final class RasModule extends Module {
    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern GUARANTEE = Pattern.compile("[A-Z][A-Z0-9_]{0,20}");
    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

    private final Clock clock = Clock.systemUTC();
    private Secret internal;
    private Bases bases;
    private Store cases;
    private Store used;

    public RasModule() {
        super("ras");
    }

    @Override
    protected void start() {
        var settings = Settings.load();
        internal = Secret.load("reflex_internal_key");
        var data = Secret.load("reflex_data_key");
        bases = Bases.open(settings);
        used = new Store(Settings.data(), "kb-used", data, 100);
        bases.check(used);
        cases = new Store(Settings.data(), "cases", data, settings.number("limit.sessions", 1, 10_000_000));
        route("GET", "/api/v1/health", guarded(c -> Answer.json(200, Json.object("status", "UP", "kb", bases.current().name(),
            "kbStatus", bases.current().status()))));
        route("POST", "/api/v1/cases", guarded(this::create));
        route("GET", "/api/v1/cases/{id}", guarded(c -> Answer.json(200, view(load(c.part(0))))));
        route("PUT", "/api/v1/cases/{id}/answers", guarded(this::answer));
        route("DELETE", "/api/v1/cases/{id}/answers", guarded(this::erase));
        route("POST", "/api/v1/cases/{id}/assessment", guarded(this::assess));
        route("GET", "/api/v1/cases/{id}/disclosure", guarded(this::disclosure));
    }

    private Handler guarded(Handler handler) {
        return call -> {
            if (!internal.is(call.header("X-Reflex-Internal"))) throw Refusal.unauthorized();
            return handler.answer(call);
        };
    }

    private Answer create(Call call) {
        var f = new Fields(call.json(), "");
        var id = f.text("id", UUID_SHAPE);
        var guarantees = f.texts("guarantees", 10, GUARANTEE);
        var facts = f.map("facts", 30);
        f.end();
        call.session = id;
        var base = bases.current();
        check(base, facts, guarantees);
        var digest = Digest.sha256Hex(Json.bytes(List.of(new TreeMap<>(facts), guarantees)));
        synchronized (cases.lock(id)) {
            var there = cases.get(id);
            if (there.isPresent()) {
                var existing = Json.readObject(there.get());
                if (!digest.equals(existing.get("digest"))) throw new Refusal(409, "case_exists", "Ce dossier existe avec d’autres données.");
                return Answer.json(200, view(existing));
            }
            bases.use(used, base.name());
            var fresh = Json.object("id", id, "kb", base.name(), "asOf", LocalDate.now(clock.withZone(PARIS)).toString(),
                "facts", facts, "guarantees", guarantees, "digest", digest, "answers", Json.object(), "revision", BigDecimal.ZERO,
                "decision", null, "erased", false);
            cases.put(id, Json.bytes(fresh));
            return Answer.json(201, view(fresh));
        }
    }

    private static void check(KnowledgeBase base, Map<String, Object> facts, List<String> guarantees) {
        for (var entry : base.facts().entrySet()) {
            var fact = entry.getValue();
            var value = facts.get(entry.getKey());
            var good = fact.type() == Type.BOOLEAN ? value instanceof Boolean
                : value instanceof BigDecimal n && n.scale() <= 0 && n.compareTo(fact.min()) >= 0 && n.compareTo(fact.max()) <= 0;
            if (!good) throw Refusal.field("facts." + entry.getKey(), fact.type().code());
        }
        if (facts.size() != base.facts().size()) throw Refusal.field("facts.…", "unknown");
        if (guarantees.isEmpty()) throw Refusal.field("guarantees", "empty");
        for (var code : guarantees) if (!base.guarantees().contains(code)) throw Refusal.field("guarantees", "unknown");
    }

    private Map<String, Object> load(String id) {
        return Json.readObject(cases.get(id).orElseThrow(Refusal::notFound));
    }

    private Answer answer(Call call) {
        var id = call.part(0);
        call.session = id;
        var f = new Fields(call.json(), "");
        var revision = f.integer("revision", 0, 1_000_000);
        var given = f.map("answers", 200);
        f.end();
        synchronized (cases.lock(id)) {
            var kept = load(id);
            if (kept.get("decision") != null) throw new Refusal(409, "already_submitted", "Ces réponses ont été envoyées et ne changent plus.");
            if (((BigDecimal) kept.get("revision")).longValueExact() != revision) {
                throw new Refusal(409, "stale_revision", "Ce questionnaire a été modifié dans une autre fenêtre.");
            }
            var disclosure = open(kept);
            disclosure.put(given);
            if (disclosure.answers().size() > base(kept).mostAnswers()) throw new Refusal(422, "too_many", "Trop de réponses.");
            kept.put("answers", disclosure.answers());
            kept.put("revision", BigDecimal.valueOf(revision + 1));
            cases.put(id, Json.bytes(kept));
            return Answer.json(200, view(kept));
        }
    }

    /** Once and for all: a second call gives the same decision. */
    private Answer assess(Call call) {
        var id = call.part(0);
        call.session = id;
        call.noBody();
        synchronized (cases.lock(id)) {
            var kept = load(id);
            if (kept.get("decision") == null) {
                var disclosure = open(kept);
                var missing = disclosure.missing();
                if (!missing.isEmpty()) {
                    throw new Refusal(422, "incomplete", "Il reste des questions sans réponse.",
                        missing.stream().map(q -> Json.object("id", q, "code", "missing")).toList(), 0);
                }
                kept.put("decision", Assessment.of(base(kept), disclosure, guarantees(kept), UUID.randomUUID().toString(), clock.instant()));
                cases.put(id, Json.bytes(kept));
            }
            return Answer.json(200, kept.get("decision"));
        }
    }

    private Answer erase(Call call) {
        var id = call.part(0);
        call.session = id;
        synchronized (cases.lock(id)) {
            var kept = load(id);
            kept.put("answers", Json.object());
            kept.put("facts", Json.object());
            kept.put("erased", true);
            cases.put(id, Json.bytes(kept));
        }
        return Answer.empty(204);
    }

    /** Questions and answers in words, for the documents. */
    private Answer disclosure(Call call) {
        call.session = call.part(0);
        var kept = load(call.part(0));
        if (erased(kept)) throw Refusal.gone();
        var base = base(kept);
        var disclosure = open(kept);
        var sections = new LinkedHashMap<String, List<Object>>();
        for (var q : disclosure.visible()) {
            sections.computeIfAbsent(base.sections().get(q.section()).title(), t -> new java.util.ArrayList<>())
                .add(Json.object("question", q.text(), "answer", disclosure.inWords(q)));
        }
        var list = sections.entrySet().stream().map(e -> Json.object("title", e.getKey(), "rows", e.getValue())).toList();
        return Answer.json(200, Json.object("notice", base.notice(), "status", base.status(), "kb", base.name(), "asOf", kept.get("asOf"),
            "sections", list));
    }

    private KnowledgeBase base(Map<String, Object> kept) {
        return bases.get((String) kept.get("kb"));
    }

    @SuppressWarnings("unchecked")
    private Disclosure open(Map<String, Object> kept) {
        return new Disclosure(base(kept), (Map<String, Object>) kept.get("facts"), LocalDate.parse((String) kept.get("asOf")),
            (Map<String, Object>) kept.get("answers"));
    }

    @SuppressWarnings("unchecked")
    private static List<String> guarantees(Map<String, Object> kept) {
        return (List<String>) kept.get("guarantees");
    }

    private static boolean erased(Map<String, Object> kept) {
        return Boolean.TRUE.equals(kept.get("erased"));
    }

    /** The whole visible questionnaire. */
    private Map<String, Object> view(Map<String, Object> kept) {
        var base = base(kept);
        var status = erased(kept) ? "ERASED" : kept.get("decision") != null ? "ASSESSED" : "OPEN";
        var view = Json.object("kb", base.name(), "kbStatus", base.status(), "notice", base.notice(), "asOf", kept.get("asOf"),
            "status", status, "revision", kept.get("revision"));
        if (kept.get("decision") != null) view.put("decision", kept.get("decision"));
        if (erased(kept)) return view;
        var disclosure = open(kept);
        var answers = disclosure.answers();
        var missing = disclosure.missing();
        view.put("sections", base.sections().values().stream()
            .filter(s -> !s.health() || disclosure.healthAllowed())
            .map(s -> Json.object("id", s.id(), "title", s.title(), "health", s.health())).toList());
        view.put("questions", disclosure.visible().stream().map(q -> question(base, q, answers, disclosure)).toList());
        view.put("missing", missing);
        view.put("progress", Json.object("answered", answers.size(), "visible", disclosure.visible().size()));
        return view;
    }

    private static Map<String, Object> question(KnowledgeBase base, Question q, Map<String, Object> answers, Disclosure disclosure) {
        var view = Json.object("id", q.id(), "section", q.section(), "type", q.type().code(), "text", q.text(), "help", q.help(),
            "subject", q.subject(), "optional", q.optional(), "unsure", q.unsure());
        if (q.min() != null) {
            view.put("min", q.min());
            view.put("max", q.max());
            view.put("decimals", q.decimals());
            view.put("unit", q.unit());
        }
        if (!q.options().isEmpty()) {
            view.put("options", q.options().stream().map(o -> Json.object("value", o, "label", base.wording().option(q.id(), o))).toList());
            view.put("none", q.none());
        }
        view.put("answer", answers.get(q.id()));
        view.put("answerText", disclosure.inWords(q));
        return view;
    }
}
