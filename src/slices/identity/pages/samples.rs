//! A sample of every page, rendered and linted.
