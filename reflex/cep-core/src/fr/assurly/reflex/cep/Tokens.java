package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The tokens that let a browser's session speak to CEP: JWT, HS256, the key named by {@code kid}.
 *
 * <p>CEP issues and CEP verifies; to everybody else a token is a string. The algorithm stands in this source and is never
 * taken from the token, and a token never holds a name, a birth date or anything of health.
 */
public final class Tokens {
    private static final int LONGEST = 4096;
    private static final long SKEW = 30;
    private static final String ISSUER = "cep-core";
    private static final String AUDIENCE = "cep-ui";
    private static final List<String> SCOPES = List.of("questionnaire", "document");
    private static final Set<String> CLAIMS = Set.of("iss", "aud", "sub", "jti", "iat", "nbf", "exp", "end", "ref", "kb", "scp");

    private final Secret key;
    private final long seconds;

    public Tokens(Secret key, long seconds) {
        this.key = key;
        this.seconds = seconds;
    }

    public long seconds() {
        return seconds;
    }

    public String issue(String session, String reference, String base, Instant end, Instant now) {
        var at = now.getEpochSecond();
        var claims = Json.object("iss", ISSUER, "aud", AUDIENCE, "sub", session, "jti", UUID.randomUUID().toString(),
            "iat", at, "nbf", at, "exp", at + seconds, "end", end.getEpochSecond(), "ref", reference, "kb", base, "scp", SCOPES);
        var kid = Secret.kid(key.current());
        var signed = encode(Json.bytes(Json.object("alg", "HS256", "typ", "JWT", "kid", kid))) + "." + encode(Json.bytes(claims));
        return signed + "." + encode(Digest.hmac(key.current(), signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The session that {@code token} speaks for; 401 for whatever is not a token of ours, in force now. */
    public String verify(String token, Instant now) {
        if (token == null || token.length() > LONGEST) throw Refusal.unauthorized();
        try {
            var parts = token.split("\\.", -1);
            if (parts.length != 3) throw Refusal.unauthorized();
            check(parts);
            return session(Json.readObject(decode(parts[1])), now.getEpochSecond());
        } catch (Json.Malformed | IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw Refusal.unauthorized();
        }
    }

    private void check(String[] parts) {
        var header = Json.readObject(decode(parts[0]));
        if (!header.keySet().equals(Set.of("alg", "typ", "kid")) || !"HS256".equals(header.get("alg")) || !"JWT".equals(header.get("typ"))) {
            throw Refusal.unauthorized();
        }
        var signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        var given = decode(parts[2]);
        for (var value : key.accepted()) {
            if (Secret.kid(value).equals(header.get("kid")) && Digest.same(Digest.hmac(value, signed), given)) return;
        }
        throw Refusal.unauthorized();
    }

    private String session(Map<String, Object> claims, long now) {
        var good = claims.keySet().equals(CLAIMS)
            && ISSUER.equals(claims.get("iss")) && AUDIENCE.equals(claims.get("aud")) && SCOPES.equals(claims.get("scp"))
            && time(claims, "iat") <= now + SKEW && time(claims, "nbf") <= now + SKEW && time(claims, "exp") > now - SKEW
            && time(claims, "exp") - time(claims, "iat") <= seconds && time(claims, "end") > now;
        if (!good || !(claims.get("sub") instanceof String session)) throw Refusal.unauthorized();
        return session;
    }

    private static long time(Map<String, Object> claims, String name) {
        return ((BigDecimal) claims.get(name)).longValueExact();
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** One spelling for one value: what does not encode back to itself is refused. */
    private static byte[] decode(String text) {
        var bytes = Base64.getUrlDecoder().decode(text);
        if (!Arrays.equals(encode(bytes).getBytes(StandardCharsets.US_ASCII), text.getBytes(StandardCharsets.UTF_8))) throw Refusal.unauthorized();
        return bytes;
    }
}
