//! The pages in a real browser: the program itself, Chromium and its driver, started here and ended
//! here.
//!
//! Needs `TEST_DATABASE_URL` (an account that may create databases), `/usr/bin/chromium`,
//! `/usr/bin/chromedriver`, and for the questionnaire `TEST_REFLEX_WARS` and Debian's Tomcat. Pictures of the pages are left in `var/screenshots`.

mod area;
mod axe;
mod engine;
mod forms;
mod house;
mod identity;
mod journey;
mod late;
mod layout;
mod lender;
mod live;
mod loans;
mod network;
mod office;
mod payer;
mod people;
mod questionnaire;
mod subscription;
mod typed;
