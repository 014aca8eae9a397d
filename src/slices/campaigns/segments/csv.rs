//! CSV for spreadsheets: fields quoted, and nothing that a spreadsheet would run as a formula.

/// One line. A field that begins like a formula gets an apostrophe before it.
pub fn csv(fields: &[&str]) -> String {
    let field = |text: &&str| {
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let guard = if is_formula { "'" } else { "" };
        let needs_quotes = text.contains([',', ';', '"', '\n', '\r']) || is_formula;
        let plain = format!("{guard}{text}");
        if needs_quotes { format!("\"{}\"", plain.replace('"', "\"\"")) } else { plain }
    };
    let mut line = fields.iter().map(field).collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn formulas_are_text() {
        assert_eq!(csv(&["=1+1", "a", "b,c"]), "\"'=1+1\",a,\"b,c\"\n");
        assert_eq!(csv(&["@SUM(A1)", "say \"hi\""]), "\"'@SUM(A1)\",\"say \"\"hi\"\"\"\n");
    }
}
