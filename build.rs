//! Tells Cargo that a new file among the migrations is a reason to compile again: they are compiled
//! in, and a macro only watches the files it has seen.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
