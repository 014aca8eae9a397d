package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Scenario;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** WARs made for Tomcat 9 and converted for Tomcat 10, as a vendor's would be: they start and decide. */
final class ConvertedTest implements Run.Many, AutoCloseable {
    private final Sidecar sidecar = new Sidecar("converted", Sidecar.HOME.resolve("reflex-config"), "");

    ConvertedTest() throws Exception {
        sidecar.start(true);
    }

    @Override
    public void close() throws Exception {
        sidecar.close();
    }

    @Override
    public List<Run.Case> cases() throws Exception {
        var all = new ArrayList<Run.Case>();
        var file = Sidecar.HOME.resolve("reflex-config/kb/tests/assurly-emprunteur@2026.1.0.json");
        for (var s : Scenario.load(file, LocalDate.now())) {
            if (!s.source().equals("13.5")) continue;
            all.add(new Run.Case("[" + s.source() + "] " + s.name(), () -> {
                var person = new Person(sidecar, s.facts());
                var kept = Person.answers(person.answerAll(s));
                Check.same(200, person.submit().status(), "submit");
                s.check(Person.flat(person.state()), kept);
            }));
        }
        return all;
    }
}
