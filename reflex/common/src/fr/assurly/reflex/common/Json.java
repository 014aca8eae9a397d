package fr.assurly.reflex.common;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one reader and writer of JSON: strict RFC 8259, nothing lenient.
 *
 * <p>Reads into {@code Map}, {@code List}, {@code String}, {@code BigDecimal}, {@code Boolean} and null. It must never
 * accept a duplicate name, data after the value, more than {@value #DEPTH} levels, a lone surrogate or malformed UTF-8,
 * and its errors say where, never what was read: that may be somebody's health.
 */
public final class Json {
    /** Deeper than any message of the contract; far from the end of a thread's stack. */
    static final int DEPTH = 32;

    /** A longer number is a way to make arithmetic slow, not a quantity. */
    private static final int NUMBER = 32;

    /** What was read is not JSON as this reader takes it. */
    public static final class Malformed extends RuntimeException {
        Malformed(String why, int at) {
            super(why + " at " + at);
        }
    }

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    public static Object read(byte[] bytes) {
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
            return read(decoder.decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new Malformed("not UTF-8", 0);
        }
    }

    public static Object read(String text) {
        var reader = new Json(text);
        var value = reader.value();
        reader.blank();
        if (reader.at != text.length()) throw reader.wrong("data after the value");
        return value;
    }

    /** The object that {@code bytes} hold; anything else is malformed. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> readObject(byte[] bytes) {
        if (read(bytes) instanceof Map<?, ?> map) return (Map<String, Object>) map;
        throw new Malformed("not an object", 0);
    }

    private Object value() {
        blank();
        switch (peek()) {
            case '{': return object();
            case '[': return array();
            case '"': return string();
            case 't': return word("true", Boolean.TRUE);
            case 'f': return word("false", Boolean.FALSE);
            case 'n': return word("null", null);
            default: return number();
        }
    }

    private Map<String, Object> object() {
        enter();
        var map = new LinkedHashMap<String, Object>();
        if (!closes('}')) {
            do {
                blank();
                if (peek() != '"') throw wrong("a name is expected");
                var name = string();
                blank();
                expect(':');
                if (map.containsKey(name)) throw wrong("duplicate name");
                map.put(name, value());
            } while (another('}'));
        }
        depth--;
        return map;
    }

    private List<Object> array() {
        enter();
        var list = new ArrayList<Object>();
        if (!closes(']')) {
            do {
                list.add(value());
            } while (another(']'));
        }
        depth--;
        return list;
    }

    private void enter() {
        at++;
        if (++depth > DEPTH) throw wrong("too deep");
    }

    private boolean closes(char end) {
        blank();
        if (peek() != end) return false;
        at++;
        return true;
    }

    private boolean another(char end) {
        blank();
        var c = peek();
        at++;
        if (c == ',') return true;
        if (c == end) return false;
        throw wrong("a comma is expected");
    }

    private String string() {
        at++;
        var out = new StringBuilder();
        while (true) {
            if (at >= text.length()) throw wrong("string without end");
            var c = text.charAt(at++);
            if (c == '"') break;
            if (c < 0x20) throw wrong("control character");
            out.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < out.length(); i++) {
            var c = out.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < out.length() && Character.isLowSurrogate(out.charAt(i + 1))) i++;
            else if (Character.isSurrogate(c)) throw wrong("lone surrogate");
        }
        return out.toString();
    }

    private char escaped() {
        if (at >= text.length()) throw wrong("string without end");
        switch (text.charAt(at++)) {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u': return hex();
            default: throw wrong("unknown escape");
        }
    }

    private char hex() {
        if (at + 4 > text.length()) throw wrong("short escape");
        int code = 0;
        for (int i = 0; i < 4; i++) {
            var c = text.charAt(at++);
            var digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) throw wrong("escape that is not hexadecimal");
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw wrong("unknown word");
        at += word.length();
        return value;
    }

    private BigDecimal number() {
        int start = at;
        if (peek() == '-') at++;
        if (peek() == '0') at++;
        else digits();
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            // 1e999999999 is a few characters and a gigabyte of digits: no message needs an exponent.
            throw wrong("exponent");
        }
        if (at - start > NUMBER) throw wrong("number too long");
        return new BigDecimal(text.substring(start, at));
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
        if (at == start) throw wrong("a digit is expected");
    }

    private void blank() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() {
        if (at >= text.length()) throw wrong("unexpected end");
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) throw wrong("'" + c + "' is expected");
        at++;
    }

    private Malformed wrong(String why) {
        return new Malformed(why, at);
    }

    // --- writing

    public static byte[] bytes(Object value) {
        return write(value).getBytes(StandardCharsets.UTF_8);
    }

    public static String write(Object value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else if (value instanceof BigDecimal number) {
            out.append(number.toPlainString());
        } else if (value instanceof Map<?, ?> map) {
            var comma = "";
            out.append('{');
            for (var entry : map.entrySet()) {
                out.append(comma);
                quote(entry.getKey().toString(), out);
                out.append(':');
                write(entry.getValue(), out);
                comma = ",";
            }
            out.append('}');
        } else if (value instanceof Iterable<?> items) {
            var comma = "";
            out.append('[');
            for (var item : items) {
                out.append(comma);
                write(item, out);
                comma = ",";
            }
            out.append(']');
        } else {
            quote(value.toString(), out);
        }
    }

    private static void quote(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            var c = s.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20 || c == 0x2028 || c == 0x2029) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        out.append('"');
    }

    /** An object in the order given: {@code object("a", 1, "b", 2)}. */
    public static Map<String, Object> object(Object... pairs) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) map.put((String) pairs[i], pairs[i + 1]);
        return map;
    }
}
