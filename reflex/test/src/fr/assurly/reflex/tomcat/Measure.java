package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Prints what docs/reflex.md says of memory, start and latency; no test. */
final class Measure {
    private Measure() {}

    public static void main(String[] args) throws Exception {
        try (var sidecar = new Sidecar("measure", Sidecar.HOME.resolve("reflex-config"), "")) {
            sidecar.start(true);
            System.out.printf("start to the first healthy answer: %d ms, %.1f s of CPU, %d MiB resident%n", sidecar.startedMillis, cpu(sidecar), resident(sidecar));
            var person = new Person(sidecar, Person.facts());
            time("static (sheet)", 500, () -> sidecar.call("GET", "/continue/look/favicon.svg", null));
            time("health (CEP, RAS, DCS)", 500, () -> sidecar.service("GET", "/health", null));
            time("questionnaire (CEP, RAS)", 1000, () -> sidecar.applicant(person.token, "GET", "/questionnaire", null));
            time("page of a question (UI, CEP, RAS)", 1000, () -> sidecar.call("GET", "/continue/question/1", null, "Authorization", "Bearer " + person.token));
            var revision = new int[1];
            time("answer (CEP, RAS, disk)", 300, () -> sidecar.applicant(person.token, "PUT", "/answers",
                Json.object("revision", revision[0]++, "answers", Json.object("profession", revision[0] % 2 == 0 ? "bureau" : "commerce"))));
            time("opening of a session (CEP, RAS, disk)", 200, () -> new Person(sidecar, Person.facts()));
            time("bad token", 500, () -> sidecar.applicant("x.y.z", "GET", "/questionnaire", null));
            var pool = Executors.newFixedThreadPool(8);
            var begun = System.nanoTime();
            for (var f : pool.invokeAll(java.util.Collections.nCopies(4000, () -> sidecar.applicant(person.token, "GET", "/questionnaire", null)))) f.get();
            System.out.printf("questionnaire, 8 at once: %.0f a second%n", 4000 / ((System.nanoTime() - begun) / 1e9));
            pool.shutdown();
            System.out.printf("after all that: %d MiB resident, %s threads%n", resident(sidecar), status(sidecar, "Threads:"));
        }
    }

    private static void time(String what, int n, Callable<?> call) throws Exception {
        for (int i = 0; i < n / 5; i++) call.call();
        var times = new double[n];
        for (int i = 0; i < n; i++) {
            var begun = System.nanoTime();
            call.call();
            times[i] = (System.nanoTime() - begun) / 1e6;
        }
        Arrays.sort(times);
        System.out.printf("%s: p50 %.2f ms, p95 %.2f ms%n", what, times[n / 2], times[n * 95 / 100]);
    }

    private static double cpu(Sidecar sidecar) throws Exception {
        var stat = Files.readString(Path.of("/proc/" + sidecar.pid() + "/stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private static long resident(Sidecar sidecar) throws Exception {
        return Long.parseLong(status(sidecar, "VmRSS:").split(" ")[0]) / 1024;
    }

    private static String status(Sidecar sidecar, String name) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + sidecar.pid() + "/status")).stream().filter(l -> l.startsWith(name)).findFirst().orElse("")
            .substring(name.length()).strip();
    }
}
