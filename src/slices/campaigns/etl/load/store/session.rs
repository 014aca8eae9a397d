//! What a connection of the loader is told.

/// The server's version, and whether it takes LOAD DATA LOCAL.
pub(in super::super) const SERVER: &str = "SELECT VERSION(), @@GLOBAL.local_infile";

const MARIADB: &[&str] = &[
    "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', max_statement_time = 0",
    "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
];

const MYSQL: &[&str] = &[
    "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', max_execution_time = 0",
    "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
    // Indexes are built after the load, by two threads.
    "SET SESSION innodb_ddl_threads = 2, innodb_parallel_read_threads = 2, innodb_ddl_buffer_size = 134217728",
];

/// The statements of a new connection.
pub(in super::super) const fn begin(is_mariadb: bool) -> &'static [&'static str] {
    if is_mariadb { MARIADB } else { MYSQL }
}
