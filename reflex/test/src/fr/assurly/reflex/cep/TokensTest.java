package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tokens: ours pass, within their time; every forgery known for JWT is 401. */
final class TokensTest implements Run.Many {
    private static final Secret KEY = Secret.of("k".repeat(64));
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String ID = "0b6f1d2e-1111-4222-8333-444455556666";
    private final Tokens tokens = new Tokens(KEY, 1800);

    private String good() {
        return tokens.issue(ID, "ref", "kb@1", NOW.plusSeconds(86400), NOW);
    }

    private static String part(Object value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
    }

    private static String sign(Map<String, Object> header, Map<String, Object> claims, String key) {
        var signed = part(header) + "." + part(claims);
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(Digest.hmac(key.getBytes(StandardCharsets.US_ASCII),
            signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Map<String, Object> header() {
        return Json.object("alg", "HS256", "typ", "JWT", "kid", Secret.kid(KEY.current()));
    }

    private static Map<String, Object> claims() {
        long at = NOW.getEpochSecond();
        return Json.object("iss", "cep-core", "aud", "cep-ui", "sub", ID, "jti", "j", "iat", at, "nbf", at, "exp", at + 1800, "end", at + 86400,
            "ref", "ref", "kb", "kb@1", "scp", List.of("questionnaire", "document"));
    }

    @Override
    public List<Run.Case> cases() {
        var all = new ArrayList<Run.Case>();
        long at = NOW.getEpochSecond();
        var good = good();
        var parts = good.split("\\.");
        refuse(all, "nothing", null);
        refuse(all, "empty", "");
        refuse(all, "two parts", parts[0] + "." + parts[1]);
        refuse(all, "four parts", good + ".x");
        refuse(all, "no signature", parts[0] + "." + parts[1] + ".");
        refuse(all, "altered signature", good.substring(0, good.length() - 3) + "AAA");
        refuse(all, "padding", good + "=");
        refuse(all, "too long", good + "A".repeat(4096));
        refuse(all, "not base64", "a!b.c.d");
        header(all, "alg none", h -> h.put("alg", "none"));
        header(all, "alg None", h -> h.put("alg", "None"));
        header(all, "alg HS512", h -> h.put("alg", "HS512"));
        header(all, "alg RS256", h -> h.put("alg", "RS256"));
        header(all, "unknown kid", h -> h.put("kid", "0000000000000000"));
        header(all, "kid of a path", h -> h.put("kid", "../../dev/null"));
        header(all, "no kid", h -> h.remove("kid"));
        header(all, "jku", h -> h.put("jku", "http://127.0.0.1/"));
        header(all, "jwk", h -> h.put("jwk", Json.object("k", "AAAA")));
        header(all, "crit", h -> h.put("crit", List.of("x")));
        claim(all, "another audience", c -> c.put("aud", "other"));
        claim(all, "a list of audiences", c -> c.put("aud", List.of("cep-ui")));
        claim(all, "another issuer", c -> c.put("iss", "axum"));
        claim(all, "expired", c -> c.put("exp", at - 31));
        claim(all, "not yet", c -> c.put("nbf", at + 31));
        claim(all, "issued in the future", c -> c.put("iat", at + 31));
        claim(all, "too long a life", c -> c.put("exp", at + 1801));
        claim(all, "end passed", c -> c.put("end", at));
        claim(all, "exp as text", c -> c.put("exp", "9999999999"));
        claim(all, "no exp", c -> c.remove("exp"));
        claim(all, "more claims", c -> c.put("role", "admin"));
        claim(all, "other scopes", c -> c.put("scp", List.of("questionnaire")));
        claim(all, "no subject", c -> c.put("sub", null));
        all.add(new Run.Case("refuses another key", () -> refused(sign(header(), claims(), "z".repeat(64)))));
        return all;
    }

    private void refused(String token) {
        Check.same(401, Check.fails(Refusal.class, () -> tokens.verify(token, NOW), "token").status, "status");
    }

    private void refuse(List<Run.Case> all, String name, String token) {
        all.add(new Run.Case("refuses " + name, () -> refused(token)));
    }

    private void header(List<Run.Case> all, String name, Consumer<Map<String, Object>> change) {
        var header = header();
        change.accept(header);
        refuse(all, name, sign(header, claims(), "k".repeat(64)));
    }

    private void claim(List<Run.Case> all, String name, Consumer<Map<String, Object>> change) {
        var claims = claims();
        change.accept(claims);
        refuse(all, name, sign(header(), claims, "k".repeat(64)));
    }

    @Test
    void oursPassWithinTheirTime() {
        Check.same(ID, tokens.verify(good(), NOW), "now");
        Check.same(ID, tokens.verify(sign(header(), claims(), "k".repeat(64)), NOW), "made by hand");
        Check.same(ID, tokens.verify(good(), NOW.plusSeconds(1829)), "within the skew");
        Check.fails(Refusal.class, () -> tokens.verify(good(), NOW.plusSeconds(1830)), "after it");
        Check.that(good().length() < 700, "length " + good().length());
    }

    @Test
    void theKeyIsRotated() {
        var both = new Tokens(Secret.of("n".repeat(64), "k".repeat(64)), 1800);
        Check.same(ID, both.verify(good(), NOW), "old key");
        Check.fails(Refusal.class, () -> tokens.verify(both.issue(ID, "r", "k", NOW.plusSeconds(99), NOW), NOW), "new key where it is not known");
    }
}
