//! The program from outside: real sockets, a real database, the real command line. One binary.

mod acceptance;
mod access;
mod backoffice;
mod command_line;
mod database;
mod documents;
mod dossiers;
mod etl;
mod gateway;
mod harness;
mod health;
mod identity;
mod identity_pages;
mod jobs;
mod lifecycle;
mod limits;
mod messages;
mod names;
mod operations;
mod papers;
mod quotes;
mod refusals;
mod settings;
mod underwriting;
mod waf;
