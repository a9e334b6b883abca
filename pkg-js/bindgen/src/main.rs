//! Writes the JavaScript glue of a wasm file: `registrette-bindgen IN.wasm OUT_FOLDER NAME`.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [wasm, folder, name] = args.as_slice() else {
        eprintln!("usage: registrette-bindgen IN.wasm OUT_FOLDER NAME");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(name).typescript(true);
    // The module is always handed in: no URL is guessed, and no bundler finds one to resolve.
    bindgen.omit_default_module_path(true);
    let done = bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("registrette-bindgen: {wasm}: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
