package fr.assurly.reflex.dcs;

import fr.assurly.reflex.common.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A PDF 1.7 of headings and paragraphs on A4, in Helvetica with the accents of French (WinAnsi); tagged, with a title and
 * a language, so that a screen reader finds its way.
 *
 * <p>The same content gives the same bytes. It must never take a page more than its limit, nor let a text write operators
 * of its own.
 */
final class Pdf {
    private static final Charset WIN_ANSI = Charset.forName("windows-1252");
    private static final int WIDTH = 595;
    private static final int HEIGHT = 842;
    private static final int MARGIN = 57;
    private static final int MOST_PAGES = 60;
    /** Helvetica's widths of the characters 32 to 126, in thousandths. */
    private static final int[] WIDTHS = {278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222,
        500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

    /** How a text looks and what it is for a reader that does not see. */
    enum Style {
        TITLE("H1", "F2", 20, 26, 0, 10), SECTION("H2", "F2", 13, 18, 14, 4), LABEL("P", "F1", 10, 14, 4, 0), VALUE("P", "F2", 11, 15, 0, 3),
        BODY("P", "F1", 10, 14, 6, 3), NOTE("P", "F2", 9, 12, 0, 8);

        private final String role;
        private final String font;
        private final int size;
        private final int leading;
        private final int before;
        private final int after;

        Style(String role, String font, int size, int leading, int before, int after) {
            this.role = role;
            this.font = font;
            this.size = size;
            this.leading = leading;
            this.before = before;
            this.after = after;
        }
    }

    private record Mark(int page, int id, String role) {}

    private final String title;
    private final String footer;
    private final List<StringBuilder> pages = new ArrayList<>();
    private final List<Integer> marksOfPage = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private int y;

    Pdf(String title, String footer) {
        this.title = title;
        this.footer = footer;
        page();
    }

    void text(Style style, String text) {
        var lines = wrap(text, style);
        // A heading stays with what follows it.
        var needed = style.before + lines.size() * style.leading + (style.role.startsWith("H") ? 40 : 0);
        if (y - Math.min(needed, 300) < MARGIN + 24) page();
        else if (y < HEIGHT - MARGIN) y -= style.before;
        int open = -1;
        for (var line : lines) {
            if (y - style.leading < MARGIN + 24) {
                if (open >= 0) out().append("EMC\n");
                open = -1;
                page();
            }
            if (open < 0) open = mark(style.role);
            y -= style.leading;
            out().append("BT /").append(style.font).append(' ').append(style.size).append(" Tf ").append(MARGIN).append(' ').append(y).append(" Td ")
                .append(string(line)).append(" Tj ET\n");
        }
        if (open >= 0) out().append("EMC\n");
        y -= style.after;
    }

    byte[] bytes() {
        int n = pages.size();
        for (int i = 0; i < n; i++) {
            pages.get(i).append("/Artifact BMC BT /F1 8 Tf ").append(MARGIN).append(' ').append(MARGIN - 14).append(" Td ")
                .append(string(footer + " – page " + (i + 1) + " sur " + n)).append(" Tj ET EMC\n");
        }
        // 1 catalogue, 2 pages, 3-4 fonts, 5 info, 6 structure, 7 document, 8 parents, 9 marks, then a page and its content each, then the marks.
        int firstPage = 9;
        int firstMark = firstPage + 2 * n;
        var objects = new ArrayList<String>();
        objects.add("<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R/ViewerPreferences<</DisplayDocTitle true>>>>");
        var kids = new StringBuilder();
        for (int i = 0; i < n; i++) kids.append(firstPage + 2 * i).append(" 0 R ");
        objects.add("<</Type/Pages/Count " + n + "/Kids[" + kids + "]>>");
        objects.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        objects.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>");
        objects.add("<</Title" + string(title) + "/Producer(reflex-dcs)>>");
        objects.add("<</Type/StructTreeRoot/K 7 0 R/ParentTree 8 0 R/ParentTreeNextKey " + n + ">>");
        var elements = new StringBuilder();
        for (int i = 0; i < marks.size(); i++) elements.append(firstMark + i).append(" 0 R ");
        objects.add("<</Type/StructElem/S/Document/P 6 0 R/K[" + elements + "]>>");
        var parents = new StringBuilder();
        for (int i = 0; i < n; i++) {
            parents.append(i).append("[");
            for (int m = 0; m < marks.size(); m++) if (marks.get(m).page == i) parents.append(firstMark + m).append(" 0 R ");
            parents.append("]");
        }
        objects.add("<</Nums[" + parents + "]>>");
        for (int i = 0; i < n; i++) {
            objects.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 " + WIDTH + " " + HEIGHT + "]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/StructParents " + i
                + "/Tabs/S/Contents " + (firstPage + 2 * i + 1) + " 0 R>>");
            var content = pages.get(i).toString();
            objects.add("<</Length " + content.length() + ">>\nstream\n" + content + "\nendstream");
        }
        for (var mark : marks) {
            objects.add("<</Type/StructElem/S/" + mark.role + "/P 7 0 R/Pg " + (firstPage + 2 * mark.page) + " 0 R/K " + mark.id + ">>");
        }
        return assemble(objects);
    }

    private static byte[] assemble(List<String> objects) {
        var out = new ByteArrayOutputStream();
        var offsets = new ArrayList<Integer>();
        write(out, "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        for (int i = 0; i < objects.size(); i++) {
            offsets.add(out.size());
            write(out, (i + 1) + " 0 obj\n" + objects.get(i) + "\nendobj\n");
        }
        var id = Digest.sha256Hex(out.toByteArray()).substring(0, 32);
        int start = out.size();
        write(out, "xref\n0 " + (objects.size() + 1) + "\n0000000000 65535 f \n");
        for (var offset : offsets) write(out, String.format("%010d 00000 n \n", offset));
        write(out, "trailer\n<</Size " + (objects.size() + 1) + "/Root 1 0 R/Info 5 0 R/ID[<" + id + "><" + id + ">]>>\nstartxref\n" + start + "\n%%EOF\n");
        return out.toByteArray();
    }

    /** Contents are kept as characters of one byte each, so lengths are those of the file. */
    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void page() {
        if (pages.size() >= MOST_PAGES) throw new IllegalArgumentException("too many pages");
        pages.add(new StringBuilder());
        marksOfPage.add(0);
        y = HEIGHT - MARGIN;
    }

    private StringBuilder out() {
        return pages.get(pages.size() - 1);
    }

    private int mark(String role) {
        int page = pages.size() - 1;
        int id = marksOfPage.get(page);
        marksOfPage.set(page, id + 1);
        marks.add(new Mark(page, id, role));
        out().append('/').append(role).append(" <</MCID ").append(id).append(">> BDC\n");
        return id;
    }

    private static List<String> wrap(String text, Style style) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : clean(text).split(" ")) {
            // A word without end is cut: nothing leaves the page.
            while (width(word, style) > WIDTH - 2 * MARGIN) {
                int cut = word.length() - 1;
                while (cut > 1 && width(word.substring(0, cut), style) > WIDTH - 2 * MARGIN) cut--;
                if (line.length() > 0) lines.add(line.toString());
                line.setLength(0);
                lines.add(word.substring(0, cut));
                word = word.substring(cut);
            }
            if (line.length() > 0 && width(line + " " + word, style) > WIDTH - 2 * MARGIN) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (line.length() > 0) line.append(' ');
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static double width(String text, Style style) {
        int sum = 0;
        var plain = java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFD).replaceAll("\\p{M}", "");
        for (int i = 0; i < plain.length(); i++) {
            var c = plain.charAt(i);
            sum += c >= 32 && c <= 126 ? WIDTHS[c - 32] : c == '\u00A0' ? 278 : "’‘".indexOf(c) >= 0 ? 222 : "œŒ—…".indexOf(c) >= 0 ? 1000 : 560;
        }
        return sum * style.size / 1000.0 * (style.font.equals("F2") ? 1.08 : 1);
    }

    private static String clean(String text) {
        return text.replace('\u202F', '\u00A0').replaceAll("[\\p{Cntrl}]", " ");
    }

    private static String string(String text) {
        var out = new StringBuilder("(");
        for (var b : clean(text).getBytes(WIN_ANSI)) {
            var c = (char) (b & 0xff);
            if (c == '(' || c == ')' || c == '\\') out.append('\\').append(c);
            else if (c < 32 || c > 126) out.append(String.format("\\%03o", (int) c));
            else out.append(c);
        }
        return out.append(')').toString();
    }
}
