package fr.assurly.reflex.dcs;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The PDF is whole: its table of objects points at objects, its text cannot leave its string, and it is the same each time. */
final class PdfTest {
    private static byte[] make(int rows) {
        var pdf = new Pdf("Réponse – essai", "Dossier 1");
        pdf.text(Pdf.Style.TITLE, "Réponse – essai");
        for (int i = 0; i < rows; i++) {
            pdf.text(Pdf.Style.LABEL, "Quelle est votre « taille » ? \\ ) ( Tj ET œ€ç " + i);
            pdf.text(Pdf.Style.VALUE, "x".repeat(400));
        }
        return pdf.bytes();
    }

    @Test
    void theTableOfObjectsIsRight() {
        var text = new String(make(80), StandardCharsets.ISO_8859_1);
        int start = Integer.parseInt(text.substring(text.lastIndexOf("startxref") + 10, text.lastIndexOf("%%EOF")).strip());
        var lines = text.substring(start).split("\n");
        Check.same("xref", lines[0], "xref");
        int count = Integer.parseInt(lines[1].split(" ")[1]);
        for (int i = 1; i < count; i++) {
            Check.that(text.startsWith(i + " 0 obj", Integer.parseInt(lines[2 + i].substring(0, 10))), "object " + i);
        }
        Check.that(text.contains("/Lang(fr-FR)") && text.contains("/Marked true"), "language and tags");
    }

    @Test
    void theSameContentGivesTheSameBytes() {
        Check.that(Arrays.equals(make(5), make(5)), "bytes differ");
    }

    @Test
    void parenthesesStayText() {
        var text = new String(make(1), StandardCharsets.ISO_8859_1);
        Check.that(text.contains("\\\\ \\) \\( Tj ET"), "not escaped");
    }

    @Test
    void pagesAreLimited() {
        Check.fails(IllegalArgumentException.class, () -> make(3000), "3000 rows");
    }
}
