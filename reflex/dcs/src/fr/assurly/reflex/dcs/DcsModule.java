package fr.assurly.reflex.dcs;

import fr.assurly.reflex.common.Answer;
import fr.assurly.reflex.common.Call;
import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Module;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * DCS: turns what cep-core sends into a PDF, and keeps nothing.
 *
 * <p>Like RAS it serves cep-core only. A knowledge base that is not in force is said to be so on every page.
 */
public final class DcsModule extends Module {
    private static final Pattern SHORT = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]{0,1200}");
    private static final String[] MONTHS = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre"};

    private Secret internal;
    private Map<String, Template> templates;
    private String notice;

    public DcsModule() {
        super("dcs");
    }

    @Override
    protected void start() {
        var settings = Settings.load();
        internal = Secret.load("reflex_internal_key");
        templates = Template.load(settings);
        notice = Template.notice(settings);
        route("GET", "/api/v1/health", guarded(c -> Answer.json(200, Json.object("status", "UP"))));
        route("POST", "/api/v1/documents", guarded(this::document));
    }

    private Handler guarded(Handler handler) {
        return call -> {
            if (!internal.is(call.header("X-Reflex-Internal"))) throw Refusal.unauthorized();
            return handler.answer(call);
        };
    }

    private Answer document(Call call) {
        var f = new Fields(call.json(), "");
        var template = templates.get(f.text("type", SHORT));
        if (template == null) throw Refusal.field("type", "unknown");
        var reference = f.text("reference", SHORT);
        var base = f.text("knowledgeBase", SHORT);
        var date = inWords(f.text("date", DATE));
        var valid = f.has("validUntil") ? inWords(f.text("validUntil", DATE)) : null;
        var pdf = new Pdf(template.title(), "Dossier " + reference + " – " + base);
        pdf.text(Pdf.Style.TITLE, template.title());
        if (!notice.isBlank()) pdf.text(Pdf.Style.NOTE, notice);
        body(pdf, template.before(), reference, date, valid);
        f.any("validUntil");
        for (var item : f.list("sections", 30)) section(pdf, new Fields(item, "sections"));
        f.end();
        body(pdf, template.after(), reference, date, valid);
        return new Answer(200, "application/pdf", pdf.bytes());
    }

    private static void section(Pdf pdf, Fields f) {
        pdf.text(Pdf.Style.SECTION, f.text("title", TEXT));
        for (var item : f.list("rows", 200)) {
            var row = new Fields(item, "rows");
            pdf.text(Pdf.Style.LABEL, row.text("label", TEXT));
            pdf.text(Pdf.Style.VALUE, row.text("value", TEXT));
            row.end();
        }
        f.end();
    }

    /** What speaks of a validity is left out where there is none: an answer that is still awaited is not valid until a day. */
    private static void body(Pdf pdf, List<String> texts, String reference, String date, String valid) {
        for (var text : texts) {
            if (valid == null && text.contains("{valid}")) continue;
            pdf.text(Pdf.Style.BODY, text.replace("{reference}", reference).replace("{date}", date).replace("{valid}", String.valueOf(valid)));
        }
    }

    private static String inWords(String date) {
        int day = Integer.parseInt(date.substring(8));
        return (day == 1 ? "1er" : Integer.toString(day)) + " " + MONTHS[Integer.parseInt(date.substring(5, 7)) - 1] + " " + date.substring(0, 4);
    }
}
