package fr.assurly.reflex.ras;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a knowledge base may not hold: each change to the shipped one is refused, with the name of what is at fault. */
final class LoaderTest implements Run.Many {
    private static final Path ROOT = Path.of(System.getProperty("REFLEX_CONFIG_ROOTDIR"));
    private final String good;
    private final Wording wording;

    LoaderTest() throws Exception {
        good = Files.readString(ROOT.resolve("kb/assurly-emprunteur@2026.1.0.json"));
        wording = KnowledgeBaseLoader.wording(Files.readAllBytes(ROOT.resolve("i18n/fr.json")));
    }

    @Override
    public List<Run.Case> cases() {
        var all = new ArrayList<Run.Case>();
        refuse(all, "a refusal for health", "\"when\":{\"eq\":[\"alcool\",true]},\"then\":[{\"outcome\":\"REFER\"}]",
            "\"when\":{\"eq\":[\"alcool\",true]},\"then\":[{\"outcome\":\"DECLINE\"}]", "ALCOOL");
        refuse(all, "a refusal for health under another domain", "\"domain\":\"sante\",\"when\":{\"eq\":[\"alcool\",true]},\"then\":[{\"outcome\":\"REFER\"}]",
            "\"domain\":\"mode_de_vie\",\"when\":{\"eq\":[\"alcool\",true]},\"then\":[{\"outcome\":\"DECLINE\"}]", "ALCOOL");
        refuse(all, "a refusal on something derived from health", "\"domain\":\"sante\",\"when\":{\"lt\":[{\"var\":\"imc\"},16]},\"then\":[{\"outcome\":\"REFER\"}]",
            "\"domain\":\"sport\",\"when\":{\"lt\":[{\"var\":\"imc\"},16]},\"then\":[{\"outcome\":\"DECLINE\"}]", "IMC_TRES_BAS");
        refuse(all, "a policy without the ban", "{\"DECLINE\":[\"sante\"]}", "{\"DECLINE\":[\"sport\"]}", "never_automatic");
        refuse(all, "an unknown variable", "{\"ge\":[\"cigarettes\",20]}", "{\"ge\":[\"cigarette\",20]}", "TABAC_FORT");
        refuse(all, "an unknown operator", "{\"ge\":[\"cigarettes\",20]}", "{\"above\":[\"cigarettes\",20]}", "TABAC_FORT");
        refuse(all, "an unknown list", "[\"profession\",\"risque_pro\",\"D\"]", "[\"profession\",\"risque\",\"D\"]", "PRO_D");
        refuse(all, "an unknown class", "[\"profession\",\"risque_pro\",\"D\"]", "[\"profession\",\"risque_pro\",\"Z\"]", "PRO_D");
        refuse(all, "an unknown guarantee", "{\"on\":[\"DC\",\"PTIA\"],\"loading\":150}", "{\"on\":[\"DC\",\"MNO\"],\"loading\":150}", "CARDIO_ANCIEN");
        refuse(all, "an unknown option", "{\"has\":[\"sports\",\"parachutisme\"]}", "{\"has\":[\"sports\",\"echecs\"]}", "SPORT_AIR_MECA");
        refuse(all, "an unknown exclusion", "EX_DIABETE", "EX_TOUT", "DIAB2_OK");
        refuse(all, "an unknown document", "RESULTAT_EXAMEN", "RESULTAT_INCONNU", "EXAMEN_ATTENDU");
        refuse(all, "an unknown section", "\"id\":\"hta\",\"section\":\"suivi\"", "\"id\":\"hta\",\"section\":\"autre\"", "hta");
        refuse(all, "an unknown type", "\"id\":\"poids\",\"section\":\"forme\",\"type\":\"integer\"", "\"id\":\"poids\",\"section\":\"forme\",\"type\":\"float\"", "poids");
        refuse(all, "a duplicate question", "{\"id\":\"poids\"", "{\"id\":\"taille\"", "taille");
        refuse(all, "a duplicate rule", "{\"id\":\"IMC_BAS\"", "{\"id\":\"IMC_TRES_BAS\"", "IMC_TRES_BAS");
        refuse(all, "an unknown member", "\"domain\":\"eligibilite\",", "\"domain\":\"eligibilite\",\"extra\":1,", "ELIG_AGE");
        refuse(all, "a bound that nobody reaches", "{\"ge\":[\"cigarettes\",20]}", "{\"ge\":[\"cigarettes\",200]}", "TABAC_FORT");
        refuse(all, "a trigger that is asked later", "\"when\":{\"eq\":[\"fumeur\",true]}},", "\"when\":{\"eq\":[\"vih\",true]}},", "cigarettes");
        refuse(all, "a question shown by itself", "\"when\":{\"eq\":[\"psy\",true]}}", "\"when\":{\"eq\":[\"psy_cours\",true]}}", "psy_cours");
        refuse(all, "a formula that goes in a circle", "[\"years_since\",{\"var\":\"vih_debut\"}]", "[\"+\",{\"var\":\"vih_fin_contrat\"},1]", "circle");
        refuse(all, "an option that changes nothing", ",\"neutral\":[\"combat\"]", "", "combat");
        refuse(all, "« je ne sais pas » that nobody looks at", "\"id\":\"vih_debut\",\"section\":\"antecedents\",\"type\":\"month\"",
            "\"id\":\"vih_debut\",\"section\":\"antecedents\",\"type\":\"month\",\"unsure\":true", "vih_debut");
        refuse(all, "a question without text", "\"text\":\"Quelle est votre taille\u202F?\",", "", "taille");
        refuse(all, "a space that breaks before a mark", "Quelle est votre taille\u202F?", "Quelle est votre taille ?", "taille");
        refuse(all, "a straight apostrophe", "Avez-vous de l’asthme", "Avez-vous de l'asthme", "asthme");
        refuse(all, "a comparison of two types", "{\"eq\":[\"fumeur\",true]},\"then\"", "{\"eq\":[\"fumeur\",1]},\"then\"", "TABAC");
        refuse(all, "a loading of nothing", "\"loading\":150", "\"loading\":0", "CARDIO_ANCIEN");
        refuse(all, "in force though its French was not reviewed", "\"status\":\"ILLUSTRATIF\"", "\"status\":\"EN_VIGUEUR\"", "reviewed");
        refuse(all, "to forget what does not exist", "\"forget\":{\"cancer\":false", "\"forget\":{\"tumeur\":false", "CANCER_OUBLI");
        refuse(all, "another schema", "reflex-kb/1", "reflex-kb/2", "schema");
        refuse(all, "text after the end", "\"rules\":[", "\"rules\":[[", "");
        return all;
    }

    private void refuse(List<Run.Case> all, String name, String from, String to, String named) {
        all.add(new Run.Case("refuses " + name, () -> {
            Check.that(good.contains(from), "the text to change is no longer there");
            var at = good.indexOf(from);
            var bad = good.substring(0, at) + to + good.substring(at + from.length());
            var e = Check.fails(KnowledgeBaseLoader.Unusable.class, () -> KnowledgeBaseLoader.load(bad.getBytes(StandardCharsets.UTF_8), wording), name);
            Check.that(e.getMessage().contains(named), "the message does not name it: " + e.getMessage());
        }));
    }

    @Test
    void theShippedOneLoads() {
        var base = KnowledgeBaseLoader.load(good.getBytes(StandardCharsets.UTF_8), wording);
        Check.same("ILLUSTRATIF", base.status(), "status");
        Check.same(47, base.questions().size(), "questions");
    }

    @Test
    void aVersionInUseMustStayAsItWas() throws Exception {
        var root = Files.createTempDirectory("reflex-kb");
        Files.createDirectories(root.resolve("kb"));
        Files.createDirectories(root.resolve("i18n"));
        Files.copy(ROOT.resolve("i18n/fr.json"), root.resolve("i18n/fr.json"));
        Files.writeString(root.resolve("kb/assurly-emprunteur@2026.1.0.json"), good);
        var next = good.replace("\"version\":\"2026.1.0\"", "\"version\":\"2026.2.0\"");
        Files.writeString(root.resolve("kb/assurly-emprunteur@2026.2.0.json"), next);
        var used = new fr.assurly.reflex.common.Store(root, "used", fr.assurly.reflex.common.Secret.of("d".repeat(64)), 10);
        new Bases(root, "assurly-emprunteur@2026.1.0").use(used, "assurly-emprunteur@2026.1.0");
        new Bases(root, "assurly-emprunteur@2026.2.0").check(used);
        Files.writeString(root.resolve("kb/assurly-emprunteur@2026.1.0.json"), good.replace("\"loading\":150", "\"loading\":10"));
        var altered = Check.fails(IllegalStateException.class, () -> new Bases(root, "assurly-emprunteur@2026.2.0").check(used), "altered");
        Check.that(altered.getMessage().contains("2026.1.0"), altered.getMessage());
        Files.delete(root.resolve("kb/assurly-emprunteur@2026.1.0.json"));
        Check.fails(IllegalStateException.class, () -> new Bases(root, "assurly-emprunteur@2026.2.0").check(used), "gone");
    }
}
