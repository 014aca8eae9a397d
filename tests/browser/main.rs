//! The pages in a real browser: the program itself, Chromium and its driver, started here and ended
//! here.
//!
//! Needs `TEST_DATABASE_URL` (an account that may create databases), `/usr/bin/chromium` and
//! `/usr/bin/chromedriver`. Pictures of the pages are left in `var/screenshots`.

mod axe;
mod forms;
mod house;
mod identity;
mod journey;
mod layout;
mod network;
