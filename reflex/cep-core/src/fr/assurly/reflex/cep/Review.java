package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The decision of the insurer's doctor on a case that the rules have referred. It is a new decision that supersedes the
 * old one; it is never taken for automatic.
 */
final class Review {
    private static final List<String> OUTCOMES = List.of("ACCEPT", "LOADING", "EXCLUSION", "EVIDENCE", "REFER", "POSTPONE", "DECLINE");
    private static final Pattern OUTCOME = Pattern.compile("[A-Z]{5,10}");
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,40}");
    private static final Pattern AUTHOR = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-f-]{36}");

    private Review() {}

    static Map<String, Object> decide(Map<String, Object> body, Session session, Words words, Instant now) {
        var f = new Fields(body, "");
        var supersedes = f.text("supersedes", UUID_SHAPE);
        var author = f.text("author", AUTHOR);
        var reason = f.text("reason", CODE);
        var given = f.list("guarantees", 10);
        f.end();
        var old = session.decision();
        if (!supersedes.equals(old.get("decisionId"))) throw new Refusal(409, "stale_decision", "Une autre décision a été prise depuis.");
        var list = new ArrayList<Object>();
        var seen = new HashSet<String>();
        var worst = 0;
        var human = false;
        for (var item : given) {
            var g = guarantee(new Fields(item, "guarantees"), words);
            if (!session.guarantees().contains(g.get("code")) || !seen.add((String) g.get("code"))) throw Refusal.field("guarantees.code", "unknown");
            worst = Math.max(worst, OUTCOMES.indexOf(g.get("outcome")));
            human |= g.get("outcome").equals("EVIDENCE") || g.get("outcome").equals("REFER");
            list.add(g);
        }
        if (seen.size() != session.guarantees().size()) throw Refusal.field("guarantees", "missing");
        return Json.object("decisionId", UUID.randomUUID().toString(), "supersedes", supersedes, "kb", old.get("kb"), "asOf", old.get("asOf"),
            "decidedAt", now.truncatedTo(ChronoUnit.SECONDS).toString(),
            "validUntil", LocalDate.ofInstant(now, ZoneId.of("Europe/Paris")).plusMonths(4).toString(), "automatic", false,
            "author", author, "reason", reason, "status", human ? "REFERRED" : "DECIDED", "overall", OUTCOMES.get(worst),
            "guarantees", list, "medical", old.get("medical"));
    }

    private static Map<String, Object> guarantee(Fields f, Words words) {
        var code = f.text("code", CODE);
        var outcome = f.text("outcome", OUTCOME);
        var loading = f.integer("loadingPct", 0, 0, 1000);
        var perMille = f.integer("perMille", 0, 0, 100);
        var exclusions = f.has("exclusions") ? f.texts("exclusions", 20, CODE) : List.<String>of();
        var evidence = f.has("evidence") ? f.texts("evidence", 20, CODE) : List.<String>of();
        var months = f.integer("postponeMonths", 0, 3, 24);
        f.any("exclusions");
        f.any("evidence");
        f.any("postponeMonths");
        f.end();
        for (var e : exclusions) if (!words.knowsExclusion(e)) throw f.wrong("exclusions", "unknown");
        for (var e : evidence) if (!words.knowsEvidence(e)) throw f.wrong("evidence", "unknown");
        // The outcome says the same as the rest: a supplement cannot hide behind an acceptance.
        var least = months > 0 ? 5 : !evidence.isEmpty() ? 3 : !exclusions.isEmpty() ? 2 : loading > 0 || perMille > 0 ? 1 : 0;
        var at = OUTCOMES.indexOf(outcome);
        var empty = outcome.equals("LOADING") && loading == 0 && perMille == 0 || outcome.equals("EXCLUSION") && exclusions.isEmpty()
            || outcome.equals("EVIDENCE") && evidence.isEmpty() || outcome.equals("POSTPONE") && months == 0;
        if (at < least || empty) throw f.wrong("outcome", "contradiction");
        return Json.object("code", code, "outcome", outcome, "loadingPct", loading, "perMille", perMille, "exclusions", exclusions,
            "evidence", evidence, "postponeMonths", months > 0 ? months : null);
    }
}
