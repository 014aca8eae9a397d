package fr.assurly.reflex.ui;

import fr.assurly.reflex.common.Answer;
import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Refusal;
import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sheet, the font and the mark: read once at the start, the same for everybody, so a browser may keep them. */
final class Look {
    private static final Map<String, String> TYPES = Map.of("figtree.woff2", "font/woff2", "favicon.svg", "image/svg+xml");

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final String version;

    Look(ServletContext context) throws IOException {
        for (var name : TYPES.keySet()) files.put(name, file(context, name));
        var sheet = new ByteArrayOutputStream();
        sheet.write(file(context, "site.css"));
        sheet.write(file(context, "questionnaire.css"));
        files.put("site.css", new String(sheet.toByteArray(), java.nio.charset.StandardCharsets.UTF_8)
            .replace("url(figtree.woff2)", "url(/continue/look/figtree.woff2)").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        version = Digest.sha256Hex(files.get("site.css")).substring(0, 8);
    }

    private static byte[] file(ServletContext context, String name) throws IOException {
        try (var in = context.getResourceAsStream("/WEB-INF/look/" + name)) {
            if (in == null) throw new IOException(name + " is not in the war");
            return in.readAllBytes();
        }
    }

    /** A sheet of another version has another address. */
    String version() {
        return version;
    }

    Answer sheet(String asked) {
        if (!asked.equals(version)) throw Refusal.notFound();
        return new Answer(200, "text/css;charset=UTF-8", files.get("site.css")).with("Cache-Control", "public, max-age=31536000, immutable");
    }

    Answer file(String name) {
        if (!TYPES.containsKey(name)) throw Refusal.notFound();
        return new Answer(200, TYPES.get(name), files.get(name)).with("Cache-Control", "public, max-age=86400");
    }
}
