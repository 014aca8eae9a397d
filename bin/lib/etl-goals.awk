# The table of goals of `bin/bench etl`, of the turns that it measured.
#
# turns.tsv: round, name, rows, wall ms, client and server hundredths of a second, peak kB.
# facts.tsv: name, value.
# Goals are numbered as in docs/performance.md. Ratios are made within a round, then the median of them.
FILENAME ~ /turns/ {
    wall[$1, $2] = $4; cpu[$1, $2] = $5 + $6; server[$1, $2] = $6; client[$1, $2] = $5
    rows[$1, $2] = $3
    if ($1 > rounds) rounds = $1
    if (($2 == "rows" || $2 == "whole") && $7 > peak) peak = $7
    next
}
{ fact[$1] = $2 }
function median(what,    i, j, t, v, m) {
    m = 0
    for (i = 1; i <= rounds; i++) if ((i, what) in ratio) v[++m] = ratio[i, what]
    for (i = 2; i <= m; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return m == 0 ? -1 : (m % 2 ? v[(m + 1) / 2] : (v[m / 2] + v[m / 2 + 1]) / 2)
}
function goal(number, words, value, format, bar, is_reached) {
    printf "%-4s %-62s %10s  %-9s %s\n", number, words, (value < 0 ? "-" : sprintf(format, value)), bar, (value < 0 ? "not measured" : (is_reached ? "reached" : "MISSED"))
}
function made(above, below) { return below > 0 ? above / below : -1 }
END {
    all = fact["rows"]
    for (i = 1; i <= rounds; i++) {
        ratio[i, "wall"] = made(wall[i, "raw"], wall[i, "rows"])
        ratio[i, "cpu"] = made(cpu[i, "raw"], cpu[i, "rows"])
        if (server[i, "set"] > 0) ratio[i, "set"] = made(server[i, "rows"], server[i, "set"])
        if (cpu[i, "pandas"] > 0) ratio[i, "pandas"] = made(cpu[i, "pandas"] / rows[i, "pandas"], cpu[i, "rows"] / all)
        if (client[i, "profile"] > 0) ratio[i, "profile"] = all * 100 / client[i, "profile"]
        ratio[i, "share"] = made(fact["profile_ms_" i] * 100, fact["phases_ms_" i])
        ratio[i, "whole"] = made(wall[i, "whole"], wall[i, "raw"])
    }
    bar = all >= 10000000 ? 0.80 : 0.70
    printf "%-4s %-62s %10s  %-9s %s\n", "", "goal, median of " rounds " rounds, " all " rows", "found", "bar", ""
    value = median("wall"); goal("G1", "wall, raw LOAD DATA / rows", value, "%.2f", ">= 0.85", value >= 0.85)
    value = median("cpu"); goal("G2", "processor time, raw LOAD DATA / rows", value, "%.2f", sprintf(">= %.2f", bar), value >= bar)
    value = median("set"); goal("G3", "processor time of the server, rows / LOAD DATA with SET", value, "%.2f", "<= 0.85", value <= 0.85)
    value = median("pandas"); goal("G4", "processor time a row, pandas to_sql / rows", value, "%.1f", ">= 10", value >= 10)
    value = median("profile"); goal("G5", "profile, rows a second of one processor", value, "%d", ">= 1500000", value >= 1500000)
    value = median("share"); goal("G5", "profile, share of rows in hundredths", value, "%.1f", "<= 8", value <= 8)
    goal("G6", "memory of the loader at its most, MB", peak / 1024, "%.0f", "<= 256", peak <= 262144)
    goal("G7", "types found of 43", fact["types"], "%d", "43", fact["types"] == 43)
    goal("G8", "what differs from the generator's oracle", fact["differs"], "%d", "0", fact["differs"] == 0)
    printf "%-4s %-62s %10s  %-9s %s\n", "G9", "kills: bin/etl-torture", "", "exact", "not of this script"
    goal("G10", "the same file again changes nothing (1: so it was)", fact["unchanged"], "%d", "1", fact["unchanged"] == 1)
    value = median("whole"); goal("G11", "wall, file to readable segments / raw LOAD DATA", value, "%.2f", "<= 2.2", value <= 2.2)
    goal("G12", "count of a department, p95 of 20, ms", fact["department"], "%d", "<= 100", fact["department"] <= 100)
    goal("G12", "count of five postal codes, p95 of 20, ms", fact["postal"], "%d", "<= 100", fact["postal"] <= 100)
    goal("G12", "count of the whole country, p95 of 20, ms", fact["country"], "%d", "<= 1000", fact["country"] <= 1000)
}
