CREATE TABLE applied (at DATETIME(6) NOT NULL) COLLATE utf8mb4_unicode_ci;
