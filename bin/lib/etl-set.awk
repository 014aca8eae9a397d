# The LOAD DATA that types its values on the server: made of a schema file. For `bin/bench etl`.
#
# Variables: file, table, empty (places of columns that are always empty, as ",1,2,").
# The derived column of DVF is written out: what it is made of is in datasets/dvf.toml.
/^\[\[column\]\]/ { n++ }
/^name = / && n { split($0, part, "\""); if (!(n in name)) name[n] = part[2] }
/^type = / && n { split($0, part, "\""); if (!(n in type)) type[n] = part[2] }
/^pad = / && n { pad[n] = $3 }
/^\[\[derived\]\]|^\[sale\]/ { exit }
END {
    for (i = 1; i <= n; i++) {
        list = list (i > 1 ? ", " : "") "@c" i
        place[name[i]] = i
        if (index(empty, "," i ",")) continue
        value = "NULLIF(@c" i ", '')"
        if (type[i] == "date") value = "STR_TO_DATE(" value ", '%d/%m/%Y')"
        if (type[i] ~ /^decimal/) value = "REPLACE(" value ", ',', '.')"
        if (pad[i]) value = "LPAD(" value ", " pad[i] ", '0')"
        set = set ", `" name[i] "` = " value
    }
    department = "@c" place["code_departement"]; commune = "@c" place["code_commune"]
    printf "SET @row = 1099511627776; LOAD DATA LOCAL INFILE '%s' INTO TABLE `%s` CHARACTER SET utf8mb4 FIELDS TERMINATED BY '|' ESCAPED BY '' LINES TERMINATED BY '\\n' IGNORE 1 LINES (%s) SET `id` = (@row := @row + 1)%s, `code_insee` = CONCAT(%s, LPAD(%s, 5 - CHAR_LENGTH(%s), '0'))", file, table, list, set, department, commune, department
}
