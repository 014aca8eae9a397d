package fr.assurly.reflex.common;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The reader of JSON refuses all that is not JSON, and gives back what the writer wrote. */
final class JsonTest implements Run.Many {
    private static final String[] WRONG = {"", "{", "'a'", "{a:1}", "[1,]", "{\"a\":1,}", "[1 2]", "// c\n1", "NaN", "Infinity", "01", "-", "1.", ".5",
        "+1", "1e5", "0x10", "1 2", "{\"a\":1,\"a\":2}", "\"\\x\"", "\"\\u12\"", "\"\t\"", "\"\\ud800\"", "\"\\udc00a\"", "tru", "nulll", "[", "\"a",
        "123456789012345678901234567890123", "\uFEFF1", "{\"a\" 1}", "{1:2}"};

    @Override
    public List<Run.Case> cases() {
        var all = new ArrayList<Run.Case>();
        for (var text : WRONG) {
            all.add(new Run.Case("refuses " + Json.write(text), () -> Check.fails(Json.Malformed.class, () -> Json.read(text), text)));
        }
        return all;
    }

    @Test
    void comesBackAsWritten() {
        var text = "{\"é\":[1,-2.50,true,false,null,\"a\\\"\\\\\\u0001\",{}],\"😀\":\"\"}";
        Check.same(text, Json.write(Json.read(text)), "round trip");
    }

    @Test
    void depthIsLimited() {
        Json.read("[".repeat(32) + "]".repeat(32));
        Check.fails(Json.Malformed.class, () -> Json.read("[".repeat(33) + "]".repeat(33)), "33 levels");
        Check.fails(Json.Malformed.class, () -> Json.read("[".repeat(200_000)), "200000 levels");
    }

    @Test
    void bytesMustBeUtf8() {
        Check.fails(Json.Malformed.class, () -> Json.read(new byte[] {'"', (byte) 0xff, '"'}), "0xff");
        Check.same("é", Json.read("\"é\"".getBytes(StandardCharsets.UTF_8)), "é");
    }

    @Test
    void anErrorShowsNothingOfTheText() {
        var e = Check.fails(Json.Malformed.class, () -> Json.read("{\"vih\":cancer}"), "word");
        Check.that(!e.getMessage().contains("vih") && !e.getMessage().contains("cancer"), e.getMessage());
    }
}
