//! The geo-enriched layout, written from raw lines: comma, quotes, ISO dates, points, whole codes.

const LABELS: &str = "id_mutation,date_mutation,numero_disposition,nature_mutation,valeur_fonciere,adresse_numero,adresse_suffixe,adresse_nom_voie,adresse_code_voie,code_postal,code_commune,nom_commune,code_departement,ancien_code_commune,ancien_nom_commune,id_parcelle,ancien_id_parcelle,numero_volume,lot1_numero,lot1_surface_carrez,lot2_numero,lot2_surface_carrez,lot3_numero,lot3_surface_carrez,lot4_numero,lot4_surface_carrez,lot5_numero,lot5_surface_carrez,nombre_lots,code_type_local,type_local,surface_reelle_bati,nombre_pieces_principales,code_nature_culture,nature_culture,code_nature_culture_speciale,nature_culture_speciale,surface_terrain,longitude,latitude";

/// The columns that are quoted: a street with a comma would be two fields without.
const QUOTED: [usize; 2] = [7, 11];

/// The values of these raw lines in this layout.
pub(super) fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Vec<String>> {
    let (mut sale, mut before) = (0, Vec::new());
    let mut rows = Vec::new();
    for line in lines {
        let raw: Vec<&str> = line.split('|').collect();
        let key: Vec<&str> = [7, 8, 9, 10, 18, 19].iter().map(|place| raw[*place]).collect();
        if key != before {
            sale += 1;
            before = key;
        }
        rows.push(row(sale, &raw));
    }
    rows
}

/// A file of these rows.
pub(super) fn file(rows: &[Vec<String>]) -> String {
    let mut text = format!("{LABELS}\n");
    for row in rows {
        let written = row.iter().enumerate().map(|(place, value)| {
            if QUOTED.contains(&place) {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value.clone()
            }
        });
        text.push_str(&written.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

fn row(sale: u32, raw: &[&str]) -> Vec<String> {
    let plain = |place: usize| raw[place].to_owned();
    let point = |place: usize| raw[place].replace(',', ".");
    let date: Vec<&str> = raw[8].split('/').rev().collect();
    let commune = format!("{}{:0>3}", raw[18], raw[19]);
    let parcel = format!("{commune}{:0>3}{:0>2}{:0>4}", raw[20], raw[21], raw[22]);
    let mut fields = vec![
        format!("2020-{sale}"),
        date.join("-"),
        plain(7),
        plain(9),
        point(10),
        plain(11),
        plain(12),
        format!("{}, {}", raw[13], raw[15]),
        plain(14),
        if raw[16].is_empty() { String::new() } else { format!("{:0>5}", raw[16]) },
        commune,
        plain(17),
        plain(18),
        String::new(),
        String::new(),
        parcel,
        String::new(),
        plain(23),
    ];
    for lot in (24..34).step_by(2) {
        fields.extend([plain(lot), point(lot + 1)]);
    }
    fields.extend([34, 35, 36, 38, 39, 40].map(plain));
    fields.extend([String::new(), plain(41), String::new(), plain(42)]);
    fields.extend(["4.850000", "45.750000"].map(str::to_owned));
    fields
}
