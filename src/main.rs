//! The binary `registrette`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
