//! `registrette serve`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    time::Duration,
};

use registrette::{
    Registry,
    serve::{BindError, Server, SharedRegistry, Tls},
};
use serde_json::json;
use tokio::runtime::Builder;

use super::{Mistake, load, plan::Plan, say, stop};

/// What port 5000 is on a Mac.
const AIRPLAY: u16 = 5000;

/// How long threads that compute are waited for at the end.
const THREADS: Duration = Duration::from_millis(100);

pub(super) fn serve(mut plan: Plan) -> Result<(), Mistake> {
    let mut registry = Registry::new(plan.config.clone());
    // Before anybody listens for signals: a long load is ended by them.
    load::load(&mut registry, &std::mem::take(&mut plan.load))?;
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|fault| {
            Mistake(format!(
                "the system gives no threads: {fault}; end some programs and try again"
            ))
        })?;
    let result = runtime.block_on(run(plan, registry));
    runtime.shutdown_timeout(THREADS);
    result
}

async fn run(plan: Plan, mut registry: Registry) -> Result<(), Mistake> {
    let Plan {
        faults,
        options,
        ca_out,
        ready_file,
        exit_with_parent,
        env,
        config,
        load: _,
    } = plan;
    let (is_loopback, is_tls) = (options.is_loopback(), options.tls.is_some());
    let control = options.control.as_ref();
    let has_control = control.is_some_and(|control| !control.is_read_only);
    let has_ui = options.ui.is_some();
    let is_open = config.auth.is_none();
    if let Some(path) = ca_out {
        fs::write(&path, Tls::TEST_CA).map_err(|fault| unwritable("--ca-out", &path, &fault))?;
    }
    // Before anybody is told that the server runs: who asks it to stop right then is heard.
    let (asked, asked_twice) = (stop::asked(exit_with_parent), stop::asked_twice());
    for rule in faults {
        registry.add_fault(options.clock.now(), rule);
    }
    let registry = SharedRegistry::new(registry);
    let server = Server::bind(options, registry)
        .await
        .map_err(|fault| unbound(&fault))?;
    let url = server.url();
    if !is_loopback && is_open {
        let address = server.local_addr();
        say::on_stderr(&format!(
            "warning: {address} is not loopback: everybody who reaches it can read, push and delete without a password"
        ));
    }
    if !is_loopback && !is_open && !is_tls {
        let address = server.local_addr();
        say::on_stderr(&format!(
            "warning: {address} is not loopback: passwords and tokens go there in clear; give --tls-cert and --tls-key"
        ));
    }
    if let Some(path) = ready_file {
        let control = has_control.then(|| format!("{url}/_control"));
        write_ready(&path, &url, control.as_deref())
            .map_err(|fault| unwritable("--ready-file", &path, &fault))?;
    }
    let variables = if env {
        format!("\nREGISTRY_URL={url}\nREGISTRY_INSECURE={}", !is_tls)
    } else {
        String::new()
    };
    say::on_stdout(&format!("listening on {url}{variables}"));
    if has_ui {
        say::on_stdout(&format!("playground at {url}/ui/"));
    }
    tokio::select! {
        () = server.run(asked) => {}
        () = asked_twice => {}
    }
    Ok(())
}

/// Writes the file beside its place and moves it there: who sees it sees all of it.
fn write_ready(path: &Path, url: &str, control: Option<&str>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", process::id()));
    let beside = PathBuf::from(beside);
    fs::write(
        &beside,
        json!({ "url": url, "pid": process::id(), "control": control }).to_string(),
    )?;
    fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))
}

fn unwritable(flag: &str, path: &Path, fault: &io::Error) -> Mistake {
    Mistake(format!(
        "{} cannot be written: {fault}; give {flag} a place that can",
        path.display()
    ))
}

fn unbound(fault: &BindError) -> Mistake {
    Mistake(match fault {
        BindError::Taken(address) => {
            let whose = if address.port() == AIRPLAY {
                " (on macOS that is AirPlay Receiver)"
            } else {
                ""
            };
            format!(
                "{fault}{whose}; choose another port with --addr, such as --addr {}:0 for a free one",
                address.ip()
            )
        }
        BindError::Address(..) => format!("{fault}; choose another one with --addr"),
        BindError::Option(sentence) => sentence.clone(),
    })
}
