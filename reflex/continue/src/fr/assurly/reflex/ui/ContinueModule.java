package fr.assurly.reflex.ui;

import fr.assurly.reflex.common.Answer;
import fr.assurly.reflex.common.Call;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Module;
import fr.assurly.reflex.common.Peer;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Settings;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * The questionnaire at {@code /continue}: one question leading to the next, pages made here, no script needed.
 *
 * <p>It holds no key and keeps nothing: it is a client of cep-core's applicant interface with the token that came with the
 * request, and can do what that token can. An address never names a question; health is never cached.
 */
public final class ContinueModule extends Module {
    private static final int FORM = 16 * 1024;
    private static final List<String> MONTHS = List.of("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre");
    private static final String POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    private Peer cep;
    private Look look;
    private String brand;
    private String leave;
    private String after;

    public ContinueModule() {
        super("continue");
    }

    @Override
    protected void start() throws Exception {
        var settings = Settings.load();
        cep = new Peer(settings, "/cep-core/api/v1");
        look = new Look(getServletContext());
        brand = settings.text("ui.brand");
        leave = address(settings, "ui.leave");
        after = address(settings, "ui.after");
        route("GET", "/", c -> see(next(view(c))));
        route("GET", "/question/{n}", this::show);
        route("POST", "/question/{n}", this::answer);
        route("GET", "/verification", this::recap);
        route("POST", "/envoi", this::submit);
        route("GET", "/decision", this::decision);
        route("GET", "/pause", this::pause);
        route("GET", "/look/{version}/site.css", c -> look.sheet(c.part(0)));
        route("GET", "/look/{file}", c -> look.file(c.part(0)));
    }

    private static String address(Settings settings, String key) {
        var address = settings.text(key);
        if (!address.matches("/|(/[A-Za-z0-9_-]+)+/?")) throw new IllegalStateException("reflex.properties: " + key + " must be a path of the product");
        return address;
    }

    @Override
    protected boolean keeps(Answer answer) {
        return answer.headers.containsKey("Cache-Control");
    }

    // --- cep-core

    private Peer.Reply call(Call call, String method, String path, Object body) {
        var token = call.bearer();
        if (token == null) throw Refusal.unauthorized();
        return cep.call(method, path, call.requestId, body == null ? null : Json.bytes(body), "Authorization", "Bearer " + token);
    }

    private Map<String, Object> view(Call call) {
        return expect(call(call, "GET", "/questionnaire", null));
    }

    private static Map<String, Object> expect(Peer.Reply reply) {
        if (reply.ok()) return reply.json();
        if (!reply.type().startsWith("application/problem+json")) throw Refusal.away();
        var problem = reply.json();
        @SuppressWarnings("unchecked")
        var errors = (List<Map<String, Object>>) problem.getOrDefault("errors", List.of());
        throw new Refusal(reply.status(), (String) problem.get("code"), (String) problem.get("title"), errors, reply.status() == 503 ? 5 : 0);
    }

    // --- pages

    private Answer show(Call call) {
        var view = view(call);
        if (decided(view)) return see(after);
        int n = index(call);
        // Forward only as far as answers go: the questions behind an unanswered one may change.
        if (n > questions(view).size() || n > firstMissing(view)) return see(next(view));
        var question = questions(view).get(n - 1);
        return page(200, question(view, question, n, Entry.of(question), ""));
    }

    private Answer answer(Call call) {
        int n = index(call);
        var form = Form.read(body(call));
        Map<String, Object> view;
        try {
            view = view(call);
            if (decided(view)) return see(after);
            var question = n > questions(view).size() ? null : questions(view).get(n - 1);
            if (question == null || !question.get("id").equals(form.one("question")) || !view.get("revision").toString().equals(form.one("revision"))) {
                return elsewhere(view);
            }
            var entry = Entry.of(question, form);
            var later = form.one("action").equals("plus_tard");
            if (later && entry.isEmpty()) return see("/continue/pause");
            if (entry.fault == null) {
                var reply = call(call, "PUT", "/answers", Json.object("revision", view.get("revision"), "answers",
                    Json.object((String) question.get("id"), entry.value)));
                if (reply.ok()) return see(later ? "/continue/pause" : next(reply.json()));
                try {
                    expect(reply);
                } catch (Refusal refusal) {
                    if (refusal.code.equals("stale_revision")) return elsewhere(view);
                    if (refusal.code.equals("already_submitted")) return see(after);
                    if (refusal.status != 422) throw refusal;
                    entry.refused(refusal.code, question);
                }
            }
            return page(422, question(view, question, n, entry, ""));
        } catch (Refusal refusal) {
            if (refusal.status != 503) throw refusal;
            return again(n, form);
        }
    }

    private Page question(Map<String, Object> view, Map<String, Object> question, int n, Entry entry, String message) {
        var back = n > 1 ? "/continue/question/" + (n - 1) : leave;
        return open("Question " + n, entry.fault != null, view)
            .add("<p><a class=\"retour\" href=\"" + back + "\">Retour</a></p>")
            .add(Page.summary(entry, Page.anchor(question, entry)) + message)
            .add(Page.place(view, question, n))
            .add("<form method=\"post\" action=\"/continue/question/" + n + "\" novalidate>")
            .add("<input type=\"hidden\" name=\"revision\" value=\"" + view.get("revision") + "\"><input type=\"hidden\" name=\"question\" value=\""
                + Page.text(question.get("id")) + "\">")
            .add(Page.field(question, entry))
            .add("<button class=\"bouton\" name=\"action\" value=\"continuer\">Continuer</button>")
            .add("<p class=\"plus\"><button class=\"lien\" name=\"action\" value=\"plus_tard\">Je m’arrête là pour l’instant</button></p></form>")
            .add("<p class=\"note\">Cette réponse est obligatoire. Elle est enregistrée quand vous continuez."
                + (Page.isHealth(view, question) ? " Seul le service médical la lit." : "") + "</p>");
    }

    @SuppressWarnings("unchecked")
    private Answer recap(Call call) {
        var view = view(call);
        if (decided(view)) return see(after);
        if (!missing(view).isEmpty()) return see(next(view));
        var page = open("Vérifiez vos réponses", false, view).add("<p><a class=\"retour\" href=\"/continue/question/" + questions(view).size() + "\">Retour</a></p>")
            .add("<h1>Vérifiez vos réponses</h1><p class=\"chapo\">Vous pouvez encore tout modifier.</p>");
        for (var section : (List<Map<String, Object>>) view.get("sections")) {
            var rows = new StringBuilder();
            int n = 0;
            for (var q : questions(view)) {
                n++;
                if (!q.get("section").equals(section.get("id"))) continue;
                rows.append("<div><dt>").append(Page.text(q.get("text"))).append("</dt><dd>").append(Page.text(q.get("answerText")))
                    .append("<a class=\"modifier\" href=\"/continue/question/").append(n).append("\">Modifier<span class=\"vh\"> ")
                    .append(Page.text(q.get("subject"))).append("</span></a></dd></div>");
            }
            if (rows.length() > 0) {
                page.add("<section class=\"carte\"><h2>" + Page.text(section.get("title")) + "</h2><dl class=\"faits reponses\">" + rows + "</dl></section>");
            }
        }
        return page(200, page.add("<p>Répondez avec exactitude. Une réponse volontairement fausse peut annuler le contrat.</p>"
            + "<form method=\"post\" action=\"/continue/envoi\"><input type=\"hidden\" name=\"revision\" value=\"" + view.get("revision") + "\">"
            + "<button class=\"bouton\">Envoyer mes réponses</button></form><p class=\"note\">Après l’envoi, vos réponses ne changent plus en ligne.</p>"));
    }

    private Answer submit(Call call) {
        var form = Form.read(body(call));
        var view = view(call);
        if (decided(view)) return see(after);
        // What is sent is what was read: not what another window has changed since.
        if (!view.get("revision").toString().equals(form.one("revision"))) return elsewhere(view);
        if (!missing(view).isEmpty()) return see(next(view));
        expect(call(call, "POST", "/submit", null));
        return see(after);
    }

    private Answer decision(Call call) {
        var view = view(call);
        if (!decided(view)) return see(next(view));
        return page(200, Outcome.page(open("Notre réponse", false, view), view, leave));
    }

    private Answer pause(Call call) {
        var view = view(call);
        return page(200, open("Votre dossier est enregistré", false, view)
            .add("<h1>Votre dossier est enregistré</h1><p class=\"chapo\">Vous pouvez fermer cette page et reprendre plus tard.</p>")
            .add("<p>Vos réponses sont gardées jusqu’au " + date((String) view.get("expiresAt")) + ".</p>")
            .add("<p><a class=\"bouton\" href=\"" + next(view) + "\">Reprendre maintenant</a></p><p><a href=\"" + leave + "\">Retour à mon dossier</a></p>"));
    }

    private Answer elsewhere(Map<String, Object> view) {
        return page(409, open("Questionnaire modifié", false, view)
            .add("<h1>Ce questionnaire a été modifié dans une autre fenêtre</h1><p>Cette réponse n’a pas été enregistrée. Les autres le sont.</p>")
            .add("<p><a class=\"bouton\" href=\"" + next(view) + "\">Continuer avec les réponses à jour</a></p>"));
    }

    /** The engine is away: what was typed is in the page, and one button sends it again. */
    private Answer again(int n, Form form) {
        var fields = new StringBuilder();
        form.fields().forEach((name, values) -> values.forEach(value -> fields.append("<input type=\"hidden\" name=\"").append(Page.text(name))
            .append("\" value=\"").append(Page.text(value)).append("\">")));
        return page(503, new Page("Enregistrement interrompu", false, brand, look, "")
            .add("<h1>L’enregistrement n’a pas abouti</h1><p>Votre réponse est gardée sur cette page : recommencez dans un instant.</p>".replace(" :", "\u00A0:"))
            .add("<form method=\"post\" action=\"/continue/question/" + n + "\">" + fields + "<button class=\"bouton\">Recommencer</button></form>"))
            .with("Retry-After", "5");
    }

    @Override
    protected Answer refuse(Refusal refusal, String requestId) {
        var page = new Page(title(refusal.status), false, brand, look, "").add("<h1>" + title(refusal.status) + "</h1>");
        switch (refusal.status) {
            case 401, 410 -> page.add("<p>Vos réponses sont enregistrées. Reprenez le questionnaire depuis votre dossier.</p>"
                + "<p><a class=\"bouton\" href=\"" + leave + "\">Aller à mon dossier</a></p>");
            case 503 -> page.add("<p>Vos réponses sont enregistrées. Réessayez dans un instant.</p><p><a class=\"bouton\" href=\"/continue/\">Réessayer</a></p>");
            default -> page.add("<p><a href=\"/continue/\">Revenir au questionnaire</a></p>");
        }
        page.add("<p class=\"note\">Référence\u00A0: " + Page.text(requestId) + "</p>");
        var answer = page(refusal.status, page);
        if (refusal.retryAfter > 0) answer.with("Retry-After", Integer.toString(refusal.retryAfter));
        return answer;
    }

    private static String title(int status) {
        return switch (status) {
            case 400, 404, 405 -> "Cette page n’existe pas";
            case 401, 410 -> "Votre session est terminée";
            case 503 -> "Le questionnaire est momentanément indisponible";
            default -> "Nous n’arrivons pas à afficher cette page";
        };
    }

    // --- small things

    private Page open(String title, boolean refused, Map<String, Object> view) {
        return new Page(title, refused, brand, look, "ILLUSTRATIF".equals(view.get("kbStatus")) ? (String) view.get("notice") : "");
    }

    private static Answer page(int status, Page page) {
        return new Answer(status, "text/html;charset=UTF-8", page.bytes()).with("Content-Security-Policy", POLICY).with("Referrer-Policy", "same-origin");
    }

    private static Answer see(String address) {
        return Answer.empty(303).with("Location", address);
    }

    private static byte[] body(Call call) {
        if (!call.kind().equals("application/x-www-form-urlencoded")) throw new Refusal(415, "content_type", "Un formulaire est attendu.");
        return call.bytes(FORM);
    }

    private static int index(Call call) {
        if (!call.part(0).matches("[1-9][0-9]{0,2}")) throw Refusal.notFound();
        return Integer.parseInt(call.part(0));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> questions(Map<String, Object> view) {
        return (List<Map<String, Object>>) view.get("questions");
    }

    private static List<?> missing(Map<String, Object> view) {
        return (List<?>) view.get("missing");
    }

    private static boolean decided(Map<String, Object> view) {
        return view.get("decision") != null;
    }

    /** The place of the first question without an answer, or one after the last. */
    private static int firstMissing(Map<String, Object> view) {
        var missing = missing(view);
        if (missing == null || missing.isEmpty()) return questions(view).size() + 1;
        int n = 0;
        for (var q : questions(view)) {
            n++;
            if (q.get("id").equals(missing.get(0))) return n;
        }
        return 1;
    }

    private String next(Map<String, Object> view) {
        if (decided(view)) return after;
        return missing(view).isEmpty() ? "/continue/verification" : "/continue/question/" + firstMissing(view);
    }

    static String date(String instant) {
        var day = Instant.parse(instant).atZone(ZoneId.of("Europe/Paris"));
        return (day.getDayOfMonth() == 1 ? "1<sup>er</sup>" : day.getDayOfMonth()) + " " + MONTHS.get(day.getMonthValue() - 1) + " " + day.getYear();
    }
}
