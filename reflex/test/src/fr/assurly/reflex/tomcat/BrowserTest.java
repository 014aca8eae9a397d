package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Test;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The questionnaire in a real browser, at 360 px, without a script, by keyboard, and as axe-core sees it. */
final class BrowserTest implements AutoCloseable {
    private static final Pattern MEDICAL = Pattern.compile("(?i)tension|cancer|vih|diab|asthme|psy|hépat|poids|taille|dos|alcool|santé");
    /** Marks without their space, straight apostrophes, and words that accuse or excuse. */
    private static final Pattern FRENCH = Pattern.compile("[^\\u00A0\\u202F][;!?»]|[^\\u00A0][:%€]|'|(?i)veuillez|invalide|désolé|oups");
    private final Path pictures = Path.of(System.getProperty("reflex.work"), "pictures");
    private final String axe = Files.readString(Path.of(System.getProperty("reflex.axe")));
    private final Sidecar sidecar = new Sidecar("browser", Sidecar.HOME.resolve("reflex-config"), "");
    private final Front front;
    private final Chromium browser;

    BrowserTest() throws Exception {
        Files.createDirectories(pictures);
        sidecar.start(true);
        front = new Front(sidecar);
        browser = new Chromium(sidecar.place);
        browser.size(360, 740);
        browser.dark(false);
    }

    @Override
    public void close() throws Exception {
        browser.close();
        front.close();
        sidecar.close();
    }

    private Person person() throws Exception {
        var person = new Person(sidecar, Person.facts());
        front.token = person.token;
        return person;
    }

    private void press() throws Exception {
        browser.follow("form button.bouton");
    }

    /** Answers what the page asks: the values given by question, the healthy ones otherwise. */
    private void reply(Map<String, String> given) throws Exception {
        var question = (String) browser.run("return document.querySelector('[name=question]').value");
        var value = given.get(question);
        if (!browser.all("input[type=radio]").isEmpty()) {
            browser.click("input[type=radio][value=" + (value != null ? value : question.equals("profession") ? "bureau" : question.equals("diabete") ? "non" : "false") + "]");
        } else if (!browser.all("[name=reponse][type=checkbox]").isEmpty()) {
            browser.click("[type=checkbox][value=" + (value != null ? value : "aucun") + "]");
        } else {
            browser.type("#reponse", value != null ? value : question.equals("taille") ? "175" : "70");
        }
        press();
    }

    private void clean(String where) throws Exception {
        for (var dark : List.of(false, true)) {
            browser.dark(dark);
            browser.run(axe);
            var found = (List<?>) browser.later("const done=arguments[arguments.length-1];"
                + "axe.run({runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r=>done(r.violations.map(v=>v.id+': '+v.nodes.map(n=>n.html).join(' | '))))");
            Check.that(found.isEmpty(), where + (dark ? ", dark" : "") + ": " + found);
        }
        browser.dark(false);
        var text = (String) browser.run("return document.body.innerText");
        var wrong = FRENCH.matcher(text);
        Check.that(!wrong.find(), where + ": French near « " + (wrong.reset().find() ? text.substring(Math.max(0, wrong.start() - 20), wrong.end()) : "") + " »");
        Check.same(360, browser.run("return document.documentElement.scrollWidth"), where + ": width");
    }

    private void quiet() throws Exception {
        Check.that(!MEDICAL.matcher(browser.title()).find(), "title: " + browser.title());
        Check.that(!MEDICAL.matcher(browser.address().replaceAll("^http://[^/]*", "")).find(), "address: " + browser.address());
    }

    @Test(1)
    void aWholeQuestionnaireWithoutAScript() throws Exception {
        person();
        browser.scripts(false);
        try {
            browser.open(front.address("/continue/"));
            for (int i = 0; i < 40 && browser.address().contains("/question/"); i++) {
                quiet();
                Check.same(1, browser.all("h1").size(), "headings");
                // Without a script the page cannot be asked: the hidden field is read as an element.
                var question = browser.all("[name=question]").isEmpty() ? "" : browser.attribute("[name=question]", "value");
                answer(question);
                press();
            }
            Check.that(browser.address().endsWith("/continue/verification"), browser.address());
            Check.that(browser.text("main").contains("150 mmHg"), "the recap shows the answers");
            press();
            Check.that(browser.address().endsWith("/continue/decision"), browser.address());
            browser.picture(pictures.resolve("conditions.png"));
            Check.same("Nous pouvons vous assurer, à ces conditions", browser.text("h1"), "heading");
            Check.that(browser.text("main").contains("50 %"), browser.text("main"));
            Check.that(!browser.text("main").contains("HTA"), "a rule is shown");
            browser.open(front.address("/continue/question/3"));
            Check.that(browser.address().endsWith("/continue/decision"), "after the end: " + browser.address());
        } finally {
            browser.scripts(true);
        }
    }

    private void answer(String question) throws Exception {
        switch (question) {
            case "hta" -> browser.click("[type=radio][value=true]");
            case "hta_sys" -> browser.type("#reponse", "150 mmHg");
            case "hta_dia" -> browser.type("#reponse", "85");
            case "taille" -> browser.type("#reponse", "175");
            case "poids" -> browser.type("#reponse", "70");
            case "sports" -> browser.click("[type=checkbox][value=aucun]");
            case "profession" -> browser.click("[type=radio][value=bureau]");
            case "diabete" -> browser.click("[type=radio][value=non]");
            default -> browser.click("[type=radio][value=false]");
        }
    }

    @Test(2)
    void everyPageIsCleanForAxeAndFits() throws Exception {
        person();
        browser.open(front.address("/continue/"));
        var seen = new java.util.HashSet<String>();
        var given = Map.of("fumeur", "true", "cigarettes", "5", "cardio", "true", "hta", "true", "hta_sys", "130", "hta_dia", "80");
        for (int i = 0; i < 45 && browser.address().contains("/question/"); i++) {
            var kind = (String) browser.run("const e=document.querySelector('[name=reponse],[name=mois]');return e.name+e.type+!!document.querySelector('[name=inconnu]')+!!document.querySelector('.aide')");
            if (seen.add(kind)) {
                browser.picture(pictures.resolve("question-" + seen.size() + ".png"));
                clean("question of kind " + kind);
                press();
                Check.that(browser.title().startsWith("Erreur"), "title of an error: " + browser.title());
                // A browser moves the focus when it has drawn the page, and not before.
                for (int asked = 0; asked < 2000 && !"bilan".equals(browser.run("return document.activeElement.className")); asked++) {
                    Thread.onSpinWait();
                }
                Check.same("bilan", browser.run("return document.activeElement.className"), "focus");
                clean("error of kind " + kind);
                browser.picture(pictures.resolve("error-" + seen.size() + ".png"));
            }
            if (!browser.all("#mois").isEmpty()) {
                browser.type("#mois", "mars");
                browser.type("#annee", "2016");
                press();
            } else {
                reply(given);
            }
        }
        Check.that(seen.size() >= 6, "kinds " + seen);
        Check.that(browser.address().endsWith("/verification"), browser.address());
        clean("recap");
        browser.picture(pictures.resolve("recap.png"));
        browser.open(front.address("/continue/pause"));
        clean("pause");
        browser.picture(pictures.resolve("pause.png"));
        browser.open(front.address("/continue/nothing"));
        clean("nothing there");
        browser.open(front.address("/continue/verification"));
        press();
        clean("decision");
        browser.picture(pictures.resolve("decision.png"));
    }

    @Test(3)
    void withTheKeyboardAlone() throws Exception {
        person();
        browser.open(front.address("/continue/question/1"));
        focus("reponse");
        browser.keys("\uE00D");
        // In a group of radios the next Tab leaves the group.
        browser.keysTo("\uE004\uE006");
        Check.that(browser.address().endsWith("/question/2"), browser.address());
        var ring = browser.run("document.querySelector('.retour').focus();return getComputedStyle(document.activeElement).outlineStyle");
        Check.that(!"none".equals(ring), "no ring");
    }

    private void focus(String id) throws Exception {
        for (int i = 0; i < 12; i++) {
            browser.keys("\uE004");
            if (id.equals(browser.run("return document.activeElement.id"))) return;
        }
        throw new AssertionError("Tab does not reach " + id);
    }

    @Test(4)
    void twoWindowsDoNotOverwriteEachOther() throws Exception {
        var person = person();
        browser.open(front.address("/continue/question/1"));
        person.put(person.questionnaire(), "profession", "commerce");
        browser.click("[type=radio][value=pompier]");
        press();
        Check.same("Ce questionnaire a été modifié dans une autre fenêtre", browser.text("h1"), "heading");
        clean("another window");
        Check.same("commerce", Person.answers(person.questionnaire()).get("profession"), "answer");
        follow();
        Check.that(browser.address().endsWith("/question/2"), browser.address());
    }

    private void follow() throws Exception {
        browser.follow("a.bouton");
    }

    @Test(5)
    void oneStopsAndComesBack() throws Exception {
        var person = person();
        browser.open(front.address("/continue/"));
        browser.click("[type=radio][value=commerce]");
        browser.follow("button.lien");
        Check.same("Votre dossier est enregistré", browser.text("h1"), "heading");
        Check.same("commerce", Person.answers(person.questionnaire()).get("profession"), "answer");
        follow();
        Check.that(browser.address().endsWith("/question/2"), browser.address());
        browser.follow(".retour");
        Check.same("commerce", browser.run("return document.querySelector(':checked').value"), "the answer is shown again");
    }

    @Test(6)
    void withoutATokenOneIsToldWhereToGo() throws Exception {
        front.token = "x";
        browser.open(front.address("/continue/question/4"));
        Check.same("Votre session est terminée", browser.text("h1"), "heading");
        clean("session ended");
    }

    @Test(7)
    void whileTheEngineIsAwayWhatWasTypedStays() throws Exception {
        var person = person();
        browser.open(front.address("/continue/question/1"));
        browser.click("[type=radio][value=commerce]");
        var kept = sidecar.place.resolve("data/cases/" + person.id);
        var aside = sidecar.place.resolve("aside");
        // The case can be neither read nor written: RAS fails, CEP says that it is away.
        Files.move(kept, aside);
        Files.createDirectory(kept);
        try {
            press();
        } finally {
            Files.delete(kept);
            Files.move(aside, kept);
        }
        var heading = browser.text("h1");
        Check.same("L’enregistrement n’a pas abouti", heading, "heading");
        clean("away");
        browser.picture(pictures.resolve("away.png"));
        press();
        Check.that(browser.address().endsWith("/question/2"), browser.address());
        Check.same("commerce", Person.answers(person.questionnaire()).get("profession"), "answer");
    }

    @Test(8)
    void pagesAreNotKeptAndAllowNothingElse() throws Exception {
        var person = person();
        var bearer = new String[] {"Authorization", "Bearer " + person.token};
        for (var path : List.of("/continue/question/1", "/continue/pause", "/continue/nothing")) {
            var reply = sidecar.call("GET", path, null, bearer);
            Check.same("no-store", reply.header("Cache-Control"), path);
            Check.that(reply.header("Content-Security-Policy").startsWith("default-src 'none'"), path);
            Check.that(!reply.text().contains("<script") && !reply.text().contains("style=\""), path);
        }
        Check.same("/continue/question/1", sidecar.call("GET", "/continue/", null, bearer).header("Location"), "first page");
        Check.same("/continue/question/1", sidecar.call("GET", "/continue/question/9", null, bearer).header("Location"), "too far");
        Check.same(415, sidecar.call("POST", "/continue/question/1", "{}", bearer).status(), "JSON");
        Check.same(404, sidecar.call("GET", "/continue/question/0", null, bearer).status(), "zero");
        Check.same(404, sidecar.call("GET", "/continue/look/site.css", null).status(), "sheet without version");
        var sheet = sidecar.call("GET", "/continue/question/1", null, bearer).text().replaceAll("(?s).*(/continue/look/[0-9a-f]{8}/site.css).*", "$1");
        Check.that(sidecar.call("GET", sheet, null).header("Cache-Control").contains("immutable"), "sheet");
        Check.that(front.asked.stream().noneMatch(a -> MEDICAL.matcher(a.replaceAll("/aide|/donnees.*", "")).find()), "a medical word in an address");
    }
}
