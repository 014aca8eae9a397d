//! The program from outside: real sockets, a real database, the real command line. One binary.

mod command_line;
mod database;
mod documents;
mod etl;
mod harness;
mod health;
mod lifecycle;
mod limits;
mod names;
mod quotes;
mod refusals;
mod settings;
