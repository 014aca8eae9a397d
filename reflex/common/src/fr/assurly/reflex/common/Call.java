package fr.assurly.reflex.common;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One request, as a handler sees it: the variable parts of its path and a body read once, within a size and a time.
 *
 * <p>It must never give out what the client says about itself (forwarded addresses, cookies).
 */
public final class Call {
    /** The proxy's own limit; the modules read no more either. */
    public static final int BODY = 256 * 1024;

    private static final long SECONDS = 10;

    private final HttpServletRequest request;
    private final List<String> parts;
    public final String requestId;
    /** For the log, hashed; set by the handler once it knows whose request this is. */
    public String session;

    Call(HttpServletRequest request, List<String> parts, String requestId) {
        this.request = request;
        this.parts = parts;
        this.requestId = requestId;
    }

    public String part(int i) {
        return parts.get(i);
    }

    public String header(String name) {
        var values = request.getHeaders(name);
        if (!values.hasMoreElements()) return null;
        var value = values.nextElement();
        // Two Authorization headers: which one was checked before us? Neither counts.
        return values.hasMoreElements() ? null : value;
    }

    /** The token of {@code Authorization: Bearer …}, or null. */
    public String bearer() {
        var value = header("Authorization");
        return value != null && value.startsWith("Bearer ") && value.length() <= 4096 + 7 ? value.substring(7) : null;
    }

    public Map<String, Object> json() {
        if (!"application/json".equals(kind())) {
            throw new Refusal(415, "content_type", "Un corps application/json est attendu.");
        }
        try {
            return Json.readObject(bytes(BODY));
        } catch (Json.Malformed e) {
            throw new Refusal(400, "json", "Le corps n’est pas du JSON correct.");
        }
    }

    public void noBody() {
        if (bytes(1024).length > 0) throw new Refusal(400, "body", "Cet appel ne prend pas de corps.");
    }

    /** The media type of the body, without its parameters. */
    public String kind() {
        var type = request.getContentType();
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    }

    /** All of the body; 413 beyond {@code most}, 408 from whoever sends it drop by drop. */
    public byte[] bytes(int most) {
        if (request.getContentLengthLong() > most) throw tooLarge();
        var out = new ByteArrayOutputStream();
        var end = System.nanoTime() + SECONDS * 1_000_000_000L;
        var buffer = new byte[8192];
        try {
            var in = request.getInputStream();
            for (int n; (n = in.read(buffer)) >= 0; ) {
                if (out.size() + n > most) throw tooLarge();
                if (System.nanoTime() > end) throw slow();
                out.write(buffer, 0, n);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw slow();
        } catch (IOException e) {
            throw new Refusal(400, "body", "Le corps n’est pas arrivé entier.");
        }
        return out.toByteArray();
    }

    private static Refusal tooLarge() {
        return new Refusal(413, "too_large", "Le corps est trop grand.");
    }

    private static Refusal slow() {
        return new Refusal(408, "slow", "Le corps n’est pas arrivé à temps.");
    }
}
