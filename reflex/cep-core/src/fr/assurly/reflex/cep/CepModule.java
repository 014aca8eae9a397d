package fr.assurly.reflex.cep;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * CEP: the sessions, as the service (integration key) and the applicant's browser (token) see them.
 *
 * <p>The applicant must never reach what is under {@code /integration}, nor be told a rule; the service never needs the
 * key that signs tokens. Every request looks at the session's state: a good token of a closed session opens nothing.
 */
public final class CepModule extends Module {
    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:-]{8,128}");
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern GUARANTEE = Pattern.compile("[A-Z][A-Z0-9_]{0,20}");
    // States in which there is a decision to change.
    private static final List<String> DECIDED = List.of("REFERRED", "DECIDED");
    private static final List<String> QUESTION = List.of("id", "section", "type", "text", "help", "subject", "optional", "unsure", "min", "max",
        "decimals", "unit", "options", "none", "answer", "answerText");

    private final Clock clock = Clock.systemUTC();
    private Secret integration;
    private Tokens tokens;
    private Store sessions;
    private Store keys;
    private Ras ras;
    private Words words;
    private Documents documents;
    private Callbacks callbacks;
    private String product;
    private long lifetime;

    public CepModule() {
        super("cep");
    }

    @Override
    protected void start() {
        var settings = Settings.load();
        integration = Secret.load("reflex_integration_key");
        var internal = Secret.load("reflex_internal_key");
        var data = Secret.load("reflex_data_key");
        tokens = new Tokens(Secret.load("reflex_jwt_key"), settings.number("token.seconds", 60, 1800));
        lifetime = settings.number("session.days", 1, 30);
        product = settings.text("product");
        var most = settings.number("limit.sessions", 1, 10_000_000);
        sessions = new Store(Settings.data(), "sessions", data, most);
        keys = new Store(Settings.data(), "keys", data, most * 2L);
        ras = new Ras(settings, internal);
        words = new Words(settings);
        documents = new Documents(settings, internal, new Store(Settings.data(), "documents", data, most * 10L), ras, words);
        callbacks = new Callbacks(settings, Secret.load("reflex_callback_key"), new Store(Settings.data(), "callbacks", data, most), log);
        callbacks.start();

        service("GET", "/integration/v1/health", this::health);
        service("POST", "/integration/v1/sessions", this::create);
        service("GET", "/integration/v1/sessions/{id}", this::state);
        service("POST", "/integration/v1/sessions/{id}/tokens", this::token);
        service("POST", "/integration/v1/sessions/{id}/cancel", this::cancel);
        service("POST", "/integration/v1/sessions/{id}/review", this::review);
        service("GET", "/integration/v1/sessions/{id}/documents", this::list);
        service("GET", "/integration/v1/sessions/{id}/documents/{doc}", c -> pdf(known(c, c.part(0)), c.part(1), false));
        service("DELETE", "/integration/v1/sessions/{id}/answers", this::erase);
        route("GET", "/api/v1/questionnaire", this::questionnaire);
        route("PUT", "/api/v1/answers", this::answer);
        route("POST", "/api/v1/submit", this::submit);
        route("GET", "/api/v1/documents/{doc}", c -> {
            return pdf(completed(c, bearer(c).id()), c.part(0), true);
        });
    }

    @Override
    public void destroy() {
        if (callbacks != null) callbacks.stop();
        super.destroy();
    }

    private void service(String method, String template, Handler handler) {
        route(method, template, call -> {
            if (!integration.is(call.bearer())) throw Refusal.unauthorized();
            return handler.answer(call);
        });
    }

    // --- the service

    private Answer health(Call call) {
        var engine = ras.health(call.requestId);
        var writer = documents.health(call.requestId);
        return Answer.json(200, Json.object("status", "UP", "kb", engine.get("kb"), "kbStatus", engine.get("kbStatus"),
            "documents", writer.get("status"), "version", "1"));
    }

    private Answer create(Call call) {
        var key = call.header("Idempotency-Key");
        if (key == null || !KEY.matcher(key).matches()) throw new Refusal(400, "idempotency_key", "L’en-tête Idempotency-Key manque, ou n’a pas la bonne forme.");
        var body = call.json();
        var f = new Fields(body, "");
        var reference = f.text("externalRef", REFERENCE);
        if (!product.equals(f.any("product"))) throw Refusal.field("product", "unknown");
        if (!"fr-FR".equals(f.any("locale"))) throw Refusal.field("locale", "unknown");
        var insured = f.object("insured");
        var insuredRef = insured.text("ref", REFERENCE);
        insured.end();
        var facts = f.map("facts", 30);
        for (var value : facts.values()) {
            if (!(value instanceof Boolean) && !(value instanceof BigDecimal)) throw Refusal.field("facts", "type");
        }
        var guarantees = f.texts("guarantees", 10, GUARANTEE);
        f.end();
        var digest = Digest.sha256Hex(Json.bytes(body));
        var name = Digest.sha256Hex(key);
        synchronized (keys.lock(name)) {
            var id = reserve(name, digest);
            call.session = id;
            var there = sessions.get(id);
            Session session;
            if (there.isPresent()) {
                session = Session.read(there.get());
                if (session.isClosed(clock.instant())) throw Refusal.gone();
            } else {
                session = open(call, id, name, reference, insuredRef, facts, guarantees);
            }
            return Answer.json(201, opened(session));
        }
    }

    /** The session of this key, on the disk before anything else is: what dies half-way is gone on with, not begun again. */
    private String reserve(String name, String digest) {
        var there = keys.get(name);
        if (there.isPresent()) {
            var kept = Json.readObject(there.get());
            if (!digest.equals(kept.get("body"))) throw new Refusal(422, "idempotency_mismatch", "Cette clé a servi pour une autre demande.");
            return (String) kept.get("session");
        }
        var id = UUID.randomUUID().toString();
        keys.put(name, Json.bytes(Json.object("session", id, "body", digest)));
        return id;
    }

    private Session open(Call call, String id, String key, String reference, String insured, Map<String, Object> facts, List<String> guarantees) {
        Map<String, Object> view;
        try {
            view = ras.create(call.requestId, id, facts, guarantees);
        } catch (Refusal refusal) {
            // Nothing was opened: the key may serve again, with better facts.
            if (refusal.status == 422) keys.remove(key);
            throw refusal;
        }
        var now = clock.instant();
        var session = Session.fresh(id, reference, insured, (String) view.get("kb"), (String) view.get("asOf"), guarantees, now,
            now.plusSeconds(lifetime * 86400));
        sessions.put(id, session.bytes());
        return session;
    }

    private Map<String, Object> opened(Session session) {
        return Json.object("sessionId", session.id(), "token", issue(session), "expiresIn", tokens.seconds(), "ui", "/continue/",
            "kb", session.base(), "revision", 0);
    }

    private String issue(Session session) {
        return tokens.issue(session.id(), session.reference(), session.base(), session.end(), clock.instant());
    }

    private Answer token(Call call) {
        call.noBody();
        var session = known(call, call.part(0));
        if (session.isClosed(clock.instant())) throw Refusal.gone();
        return Answer.json(201, Json.object("sessionId", session.id(), "token", issue(session), "expiresIn", tokens.seconds()));
    }

    private Answer state(Call call) {
        var session = known(call, call.part(0));
        var view = ras.read(call.requestId, session.id());
        // A decision that was taken just before a crash is adopted here.
        if (session.isOpen() && view.get("decision") != null) session = adopt(session.id(), decision(view), revision(view));
        var revision = revision(view);
        var state = session.isOpen() ? session.isClosed(clock.instant()) ? "EXPIRED" : revision == 0 ? "CREATED" : "IN_PROGRESS" : session.state();
        var answer = Json.object("sessionId", session.id(), "externalRef", session.reference(), "state", state, "revision", revision,
            "kb", session.base(), "asOf", view.get("asOf"), "expiresAt", session.end().toString());
        if (view.get("progress") != null) answer.put("progress", view.get("progress"));
        if (session.decision() != null) answer.put("decision", full(session));
        return Answer.json(200, answer);
    }

    private Answer cancel(Call call) {
        var id = call.part(0);
        known(call, id);
        synchronized (sessions.lock(id)) {
            var session = load(id);
            if (!session.state().equals("CANCELLED")) {
                session.cancel();
                sessions.put(id, session.bytes());
            }
        }
        return Answer.empty(204);
    }

    private Answer review(Call call) {
        var id = call.part(0);
        known(call, id);
        var body = call.json();
        var digest = Digest.sha256Hex(Json.bytes(body));
        synchronized (sessions.lock(id)) {
            var session = load(id);
            // The same review sent twice is one review.
            if (digest.equals(session.review())) return Answer.json(201, full(session));
            // A person may change what was decided, by a program or by a person before.
            if (!DECIDED.contains(session.state())) throw new Refusal(409, "not_referred", "Ce dossier n’attend pas de décision.");
            session.decide(Review.decide(body, session, words, clock.instant()));
            session.reviewed(digest);
            callbacks.prepare(id, revision(ras.read(call.requestId, id)));
            sessions.put(id, session.bytes());
            callbacks.go(id);
            return Answer.json(201, full(session));
        }
    }

    private Answer list(Call call) {
        var session = completed(call, known(call, call.part(0)).id());
        return Answer.json(200, Json.object("documents", new ArrayList<>(session.documents().values())));
    }

    private Answer erase(Call call) {
        var id = call.part(0);
        known(call, id);
        ras.erase(call.requestId, id);
        synchronized (sessions.lock(id)) {
            var session = load(id);
            documents.erase(session);
            session.erase();
            if (session.isOpen()) session.cancel();
            sessions.put(id, session.bytes());
        }
        return Answer.empty(204);
    }

    // --- the applicant

    private Answer questionnaire(Call call) {
        var session = bearer(call);
        return Answer.json(200, shown(session, ras.read(call.requestId, session.id())));
    }

    private Answer answer(Call call) {
        var session = bearer(call);
        var f = new Fields(call.json(), "");
        var revision = f.integer("revision", 0, 1_000_000);
        var answers = f.map("answers", 200);
        f.end();
        if (!session.isOpen()) throw new Refusal(409, "already_submitted", "Ces réponses ont été envoyées et ne changent plus.");
        return Answer.json(200, shown(session, ras.answer(call.requestId, session.id(), revision, answers)));
    }

    private Answer submit(Call call) {
        var session = bearer(call);
        call.bytes(1024);
        if (session.isOpen()) {
            var decision = ras.assess(call.requestId, session.id());
            session = adopt(session.id(), decision, revision(ras.read(call.requestId, session.id())));
        }
        return Answer.json(200, Json.object("status", session.state(), "decision", words.commercial(session.decision())));
    }

    /** The session of the token, open or decided; closed for good is 410, and a session that we do not have 401. */
    private Session bearer(Call call) {
        var id = tokens.verify(call.bearer(), clock.instant());
        if (!UUID_SHAPE.matcher(id).matches()) throw Refusal.unauthorized();
        call.session = id;
        var session = sessions.get(id).map(Session::read).orElseThrow(Refusal::unauthorized);
        if (session.isClosed(clock.instant()) || session.erased()) throw Refusal.gone();
        return session;
    }

    private Map<String, Object> shown(Session session, Map<String, Object> view) {
        var out = new LinkedHashMap<String, Object>();
        for (var name : List.of("kb", "kbStatus", "notice", "asOf", "revision", "sections", "missing", "progress")) {
            if (view.containsKey(name)) out.put(name, view.get(name));
        }
        var questions = new ArrayList<Object>();
        if (view.get("questions") instanceof List<?> list) {
            for (var item : list) {
                var question = new LinkedHashMap<String, Object>();
                for (var name : QUESTION) if (((Map<?, ?>) item).containsKey(name)) question.put(name, ((Map<?, ?>) item).get(name));
                questions.add(question);
            }
        }
        out.put("questions", questions);
        out.put("status", session.state());
        out.put("expiresAt", session.end().toString());
        if (session.decision() != null) out.put("decision", words.commercial(session.decision()));
        return out;
    }

    // --- both

    private Session known(Call call, String id) {
        if (!UUID_SHAPE.matcher(id).matches()) throw Refusal.notFound();
        call.session = id;
        return load(id);
    }

    private Session load(String id) {
        return Session.read(sessions.get(id).orElseThrow(Refusal::notFound));
    }

    private Session completed(Call call, String id) {
        synchronized (sessions.lock(id)) {
            var session = load(id);
            if (documents.complete(call.requestId, session)) sessions.put(id, session.bytes());
            return session;
        }
    }

    private Answer pdf(Session session, String id, boolean applicant) {
        var answer = new Answer(200, "application/pdf", documents.read(session, id, applicant));
        return answer.with("Content-Disposition", "attachment; filename=\"" + id + ".pdf\"").with("Content-Language", "fr");
    }

    /** The first decision wins; the hint is on the disk before the session says that it is decided. */
    private Session adopt(String id, Map<String, Object> decision, long revision) {
        synchronized (sessions.lock(id)) {
            var session = load(id);
            if (!session.isOpen()) return session;
            session.decide(decision);
            callbacks.prepare(id, revision);
            sessions.put(id, session.bytes());
            callbacks.go(id);
            return session;
        }
    }

    private static Map<String, Object> full(Session session) {
        var d = session.decision();
        var out = Json.object("decisionId", d.get("decisionId"), "sessionId", session.id(), "externalRef", session.reference(), "kb", d.get("kb"),
            "asOf", d.get("asOf"), "decidedAt", d.get("decidedAt"), "validUntil", d.get("validUntil"), "automatic", d.get("automatic"),
            "status", d.get("status"), "insured", List.of(Json.object("ref", session.insured(), "overall", d.get("overall"), "guarantees", d.get("guarantees"))),
            "medical", d.get("medical"));
        for (var name : List.of("supersedes", "author", "reason")) if (d.get(name) != null) out.put(name, d.get(name));
        return out;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> decision(Map<String, Object> view) {
        return (Map<String, Object>) view.get("decision");
    }

    private static long revision(Map<String, Object> view) {
        return ((BigDecimal) view.get("revision")).longValueExact();
    }
}
