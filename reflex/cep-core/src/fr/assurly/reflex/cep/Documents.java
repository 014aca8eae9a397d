package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Peer;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import fr.assurly.reflex.common.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The documents of a decided session: made by DCS once, kept sealed, and the same bytes ever after.
 *
 * <p>Three of them: the questionnaire and the decision for the applicant, the reasons for the medical service only. The
 * applicant must never be given a document of another audience.
 */
final class Documents {
    private static final byte[] MAGIC = {'%', 'P', 'D', 'F', '-'};

    private final Peer peer;
    private final Secret key;
    private final Store store;
    private final Ras ras;
    private final Words words;

    Documents(Settings settings, Secret key, Store store, Ras ras, Words words) {
        this.peer = new Peer(settings, "/dcs/api/v1");
        this.key = key;
        this.store = store;
        this.ras = ras;
        this.words = words;
    }

    Map<String, Object> health(String request) {
        var reply = call("GET", "/health", request, null);
        if (!reply.ok()) throw Refusal.away();
        return reply.json();
    }

    /** Makes what is missing, and notes it in the session; true when the session has to be kept anew. */
    boolean complete(String request, Session session) {
        if (session.decision() == null || session.erased()) return false;
        var mark = ((String) session.decision().get("decisionId")).substring(0, 8);
        var changed = false;
        for (var type : List.of("questionnaire", "decision", "medical")) {
            var id = type.equals("questionnaire") ? type : type + "-" + mark;
            if (session.documents().containsKey(id)) continue;
            var pdf = make(request, type, session);
            store.put(session.id() + "." + id, pdf);
            session.documents().put(id, Json.object("id", id, "type", type, "audience", type.equals("medical") ? "medical" : "applicant",
                "sha256", Digest.sha256Hex(pdf), "bytes", pdf.length, "contentType", "application/pdf"));
            changed = true;
        }
        return changed;
    }

    byte[] read(Session session, String id, boolean applicant) {
        if (!(session.documents().get(id) instanceof Map<?, ?> document)) throw Refusal.notFound();
        if (applicant && !"applicant".equals(document.get("audience"))) throw Refusal.notFound();
        return store.get(session.id() + "." + id).orElseThrow(Refusal::gone);
    }

    /** At the end of retention: what shows answers or reasons goes. */
    void erase(Session session) {
        for (var id : session.documents().keySet()) {
            if (!id.startsWith("decision-")) store.remove(session.id() + "." + id);
        }
    }

    private byte[] make(String request, String type, Session session) {
        var decision = session.decision();
        var sections = new ArrayList<Object>();
        if (type.equals("questionnaire")) {
            sections.addAll(answers(request, session));
        } else {
            sections.addAll(guarantees(decision));
            if (type.equals("medical")) {
                sections.add(reasons(decision));
                sections.addAll(answers(request, session));
            }
        }
        var body = Json.object("type", type, "reference", session.reference(), "knowledgeBase", decision.get("kb"),
            "date", ((String) decision.get("decidedAt")).substring(0, 10), "validUntil", offers(decision) ? decision.get("validUntil") : null, "sections", sections);
        var reply = call("POST", "/documents", request, Json.bytes(body));
        var pdf = reply.body();
        if (!reply.ok() || pdf.length < MAGIC.length || !java.util.Arrays.equals(MAGIC, 0, 5, pdf, 0, 5)) throw Refusal.away();
        return pdf;
    }

    @SuppressWarnings("unchecked")
    private List<Object> answers(String request, Session session) {
        var list = new ArrayList<Object>();
        for (var section : (List<Map<String, Object>>) ras.disclosure(request, session.id()).get("sections")) {
            var rows = ((List<Map<String, Object>>) section.get("rows")).stream()
                .map(r -> (Object) Json.object("label", r.get("question"), "value", r.get("answer"))).toList();
            list.add(Json.object("title", section.get("title"), "rows", rows));
        }
        return list;
    }

    @SuppressWarnings("unchecked")
    private List<Object> guarantees(Map<String, Object> decision) {
        var list = new ArrayList<Object>();
        for (var g : (List<Map<String, Object>>) words.commercial(decision).get("guarantees")) {
            var rows = new ArrayList<Object>();
            rows.add(row("Réponse", outcome((String) g.get("outcome"))));
            if (!g.get("loadingPct").toString().equals("0")) rows.add(row("Supplément de prix", g.get("loadingPct") + "\u00A0%"));
            if (!g.get("perMille").toString().equals("0")) rows.add(row("Supplément de prix", g.get("perMille") + "\u00A0‰"));
            for (var e : (List<Map<String, Object>>) g.get("exclusions")) rows.add(row("Ce qui n’est pas couvert", e.get("wording")));
            for (var e : (List<Map<String, Object>>) g.get("evidence")) rows.add(row("Document à fournir", e.get("wording")));
            if (g.get("postponeMonths") != null) rows.add(row("Nouvelle demande possible dans", g.get("postponeMonths") + " mois"));
            list.add(Json.object("title", g.get("label"), "rows", rows));
        }
        return list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> reasons(Map<String, Object> decision) {
        var rows = new ArrayList<Object>();
        ((Map<String, List<String>>) ((Map<String, Object>) decision.get("medical")).getOrDefault("rules", Map.of()))
            .forEach((guarantee, rules) -> rows.add(row(guarantee, rules.isEmpty() ? "aucune" : String.join(", ", rules))));
        return Json.object("title", "Règles appliquées", "rows", rows);
    }

    /** Whether there is something to accept: only that is valid until a day. */
    @SuppressWarnings("unchecked")
    private static boolean offers(Map<String, Object> decision) {
        return "DECIDED".equals(decision.get("status")) && ((List<Map<String, Object>>) decision.get("guarantees")).stream()
            .anyMatch(g -> List.of("ACCEPT", "LOADING", "EXCLUSION").contains(g.get("outcome")));
    }

    private static Map<String, Object> row(String label, Object value) {
        return Json.object("label", label, "value", value.toString());
    }

    private static String outcome(String code) {
        return switch (code) {
            case "ACCEPT" -> "Acceptée au tarif normal";
            case "LOADING" -> "Acceptée avec un supplément de prix";
            case "EXCLUSION" -> "Acceptée, avec une limite à ce qui est couvert";
            case "EVIDENCE" -> "Document attendu avant la réponse";
            case "REFER" -> "À l’étude par le médecin-conseil";
            case "POSTPONE" -> "Demande à renouveler plus tard";
            default -> "Refusée";
        };
    }

    private Peer.Reply call(String method, String path, String request, byte[] body) {
        return peer.call(method, path, request, body, "X-Reflex-Internal",
            new String(key.current(), java.nio.charset.StandardCharsets.US_ASCII));
    }
}
