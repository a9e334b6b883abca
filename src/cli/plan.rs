//! From flags and variables to what is to be done.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use http::Uri;
use registrette::{
    Config,
    control::Token,
    layer::{RateRule, Rule, Scenarios},
    serve::{Clock, ControlOptions, Guard, Hint, Log, Options, Tls},
};

use super::{Mistake, address::address, args::Serve, likeness::Likeness, say};

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) config: Config,
    pub(super) faults: Vec<Rule>,
    pub(super) load: Vec<String>,
    pub(super) options: Options,
    pub(super) ca_out: Option<PathBuf>,
    pub(super) ready_file: Option<PathBuf>,
    pub(super) exit_with_parent: bool,
    pub(super) env: bool,
}

/// How long the list of repositories takes, and how long it is, among scenarios.
const CATALOG: [&str; 2] = ["V2_CATALOG_DELAY", "V2_CATALOG_NUM_REPOS"];

const DEFAULT_ADDRESS: &str = "127.0.0.1:5000";

impl Plan {
    pub(super) fn new(args: Serve) -> Result<Self, Mistake> {
        Self::with_variables(args, |name| env::var(name).ok())
    }

    /// `variable` gives what is set for distribution; our own variables are in `args` already.
    fn with_variables(
        args: Serve,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Mistake> {
        let tls = tls(&args)?;
        let addr = (args.addr.clone())
            .or_else(|| variable("REGISTRY_HTTP_ADDR"))
            .unwrap_or_else(|| DEFAULT_ADDRESS.to_owned());
        let mut options = Options {
            address: address(&addr)?,
            hosts: args.host.clone(),
            origins: args.cors.clone(),
            trust_forwarded: args.trust_forwarded,
            tls,
            hint: Some(Hint::new(say::on_stderr)),
            clock: Clock::new(args.clock.into()),
            log: args
                .log
                .then(|| Log::new(|served| say::on_stderr(&served.to_string()))),
            ..Options::default()
        };
        let mut config = Config::new(seed(args.seed)?);
        options.control = control(&args, &options)?;
        if options.control.is_none() {
            // Nobody can ask for them.
            config.calls = 0;
        }
        config.calls = args.history.unwrap_or(config.calls);
        config.call_bodies = args.history_bodies.unwrap_or(config.call_bodies);
        // A seed that others may know makes no secret for who they could reach.
        let is_seeded = args.seed.is_some() && options.is_loopback();
        let likeness = Likeness::new(&args.profile, &args.quirk)?;
        config.auth = args.auth.gate(!is_seeded, likeness.auth)?;
        let rule = args.rate_limit.as_deref().or(likeness.rate.as_deref());
        let rule = rule.filter(|rule| *rule != "none").map(RateRule::parse);
        config.rate_limit = rule
            .transpose()
            .map_err(|fault| Mistake(format!("--rate-limit: {fault}")))?;
        if args.scenarios {
            let [delay, count] =
                CATALOG.map(|name| variable(name).filter(|value| !value.is_empty()));
            let scenarios = Scenarios::parse(delay.as_deref(), count.as_deref());
            let [delay, count] = CATALOG;
            config.scenarios =
                Some(scenarios.map_err(|fault| Mistake(format!("{delay}, {count}: {fault}")))?);
        }
        let settings = &mut config.settings;
        settings.quirks = likeness.quirks;
        settings.quirks_below = likeness.below;
        settings.references = args.references.into();
        settings.accept = args.accept.into();
        for header in &args.header {
            let (name, value) = header.split_once(':').ok_or_else(|| {
                Mistake(format!(
                    "{header:?} is no header; write it like --header 'X-Robots-Tag: none'"
                ))
            })?;
            let added = settings.add_header(name.trim(), value.trim());
            added.map_err(|fault| Mistake(format!("--header: {fault}")))?;
        }
        settings.trust_forwarded = args.trust_forwarded;
        settings.deletes = match args.no_delete {
            Some(no_delete) => !no_delete,
            None => deletes(variable("REGISTRY_STORAGE_DELETE_ENABLED").as_deref())?,
        };
        if let Some(url) = args.public_url {
            settings.public_url = Some(public_url(&url, &mut options)?);
        }
        let Serve {
            ca_out,
            ready_file,
            exit_with_parent,
            env,
            faults,
            load,
            ..
        } = args;
        Ok(Self {
            config,
            faults: rules(&faults)?,
            load,
            options,
            ca_out,
            ready_file,
            exit_with_parent,
            env,
        })
    }
}

fn control(args: &Serve, options: &Options) -> Result<Option<ControlOptions>, Mistake> {
    let say = |sentence: &str| Err(Mistake(sentence.to_owned()));
    if !args.control {
        return match args.control_token.is_some() || args.history.or(args.history_bodies).is_some()
        {
            true => say(
                "--control-token, --history and --history-bodies say how --control is to be: give that, too",
            ),
            false => Ok(None),
        };
    }
    if args.control_token.is_none() && !options.is_loopback() {
        return say(
            "others than this machine can reach --control there; give it a token by --control-token TOKEN",
        );
    }
    let token = args.control_token.as_deref().map(Token::new).transpose();
    let token = token.map_err(|fault| Mistake(format!("{fault}; change --control-token")))?;
    Ok(Some(ControlOptions { token }))
}

fn tls(args: &Serve) -> Result<Option<Tls>, Mistake> {
    let say = |sentence: &str| Err(Mistake(sentence.to_owned()));
    if args.ca_out.is_some() && args.tls.is_none() {
        return say("--ca-out writes the CA of the test certificate, so it needs --tls test");
    }
    match (&args.tls_cert, &args.tls_key, args.tls) {
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => Tls::test().map(Some).map_err(Mistake),
        (Some(certificate), Some(key), None) => {
            let tls = Tls::from_pem(&read("--tls-cert", certificate)?, &read("--tls-key", key)?);
            tls.map(Some).map_err(|fault| {
                Mistake(format!(
                    "{fault}; look at what --tls-cert and --tls-key name"
                ))
            })
        }
        (Some(_), None, None) => say("--tls-cert needs the certificate's key, by --tls-key FILE"),
        (None, Some(_), None) => say("--tls-key needs the key's certificate, by --tls-cert FILE"),
        (_, _, Some(_)) => say(
            "--tls test brings its own certificate; leave out --tls-cert and --tls-key, or --tls",
        ),
    }
}

pub(super) fn read(flag: &str, path: &Path) -> Result<Vec<u8>, Mistake> {
    let mistake = |fault| {
        Mistake(format!(
            "{} cannot be read: {fault}; give {flag} a file that can",
            path.display()
        ))
    };
    fs::read(path).map_err(mistake)
}

/// The rules of all files; none when one is wrong.
fn rules(files: &[PathBuf]) -> Result<Vec<Rule>, Mistake> {
    let mut rules = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&read("--faults", file)?).into_owned();
        let fault = |fault| Mistake(format!("{}: {fault}", file.display()));
        rules.extend(Rule::parse_all(&text).map_err(fault)?);
    }
    Ok(rules)
}

fn seed(given: Option<u64>) -> Result<u64, Mistake> {
    match given {
        Some(seed) => Ok(seed),
        None => getrandom::u64().map_err(|fault| {
            Mistake(format!(
                "the system has no random numbers: {fault}; give one by --seed N"
            ))
        }),
    }
}

/// Reads distribution's switch; nothing set is on, as here everything else is.
fn deletes(value: Option<&str>) -> Result<bool, Mistake> {
    match value {
        None | Some("" | "true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(Mistake(format!(
            "REGISTRY_STORAGE_DELETE_ENABLED is {other:?}; set it to true or false"
        ))),
    }
}

/// Checks the public URL. Its host is a name the registry goes by, and its pages are its own.
fn public_url(url: &str, options: &mut Options) -> Result<String, Mistake> {
    let url = url.strip_suffix('/').unwrap_or(url);
    let parsed: Option<Uri> = url.parse().ok();
    let host = parsed
        .as_ref()
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        .and_then(Uri::host);
    match host {
        Some(host) if Guard::open().origin(url).is_ok() => {
            options.hosts.push(host.to_owned());
            options.origins.push(url.to_owned());
            Ok(url.to_owned())
        }
        Some(_) | None => Err(Mistake(format!(
            "{url:?} is not what a URL starts with; write it like --public-url https://registry.example, without a path"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(args: Serve, variables: &[(&str, &str)]) -> Result<Plan, String> {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Plan::with_variables(
            Serve {
                seed: Some(1),
                ..args
            },
            variable,
        )
        .map_err(|mistake| mistake.0)
    }

    #[test]
    fn a_flag_stands_over_the_variables_of_distribution() {
        let both = [
            ("REGISTRY_HTTP_ADDR", "localhost:1234"),
            ("REGISTRY_STORAGE_DELETE_ENABLED", "false"),
        ];
        let by_variables = plan(Serve::default(), &both).unwrap();
        assert_eq!(
            by_variables.options.address,
            "127.0.0.1:1234".parse().unwrap()
        );
        assert!(!by_variables.config.settings.deletes);

        let addr = Some("127.0.0.1:5678".to_owned());
        let by_flags = plan(
            Serve {
                addr,
                no_delete: Some(false),
                ..Serve::default()
            },
            &both,
        )
        .unwrap();
        assert_eq!(by_flags.options.address, "127.0.0.1:5678".parse().unwrap());
        assert!(by_flags.config.settings.deletes);

        let by_default = plan(Serve::default(), &[]).unwrap();
        assert_eq!(
            by_default.options.address,
            "127.0.0.1:5000".parse().unwrap()
        );
        assert!(by_default.config.settings.deletes);
        assert!(
            plan(
                Serve::default(),
                &[("REGISTRY_STORAGE_DELETE_ENABLED", "no")]
            )
            .unwrap_err()
            .contains("true or false")
        );
    }

    #[test]
    fn scenarios_read_their_variables() {
        let with = |scenarios, delay| {
            let variables = [("V2_CATALOG_DELAY", delay), ("V2_CATALOG_NUM_REPOS", "3")];
            let args = Serve {
                scenarios,
                ..Serve::default()
            };
            plan(args, &variables).map(|plan| plan.config.scenarios)
        };
        let wanted = Scenarios::parse(Some("2s"), Some("3")).unwrap();
        assert_eq!(with(true, "2s"), Ok(Some(wanted)));
        assert_eq!(with(false, "2 s"), Ok(None));
        assert!(with(true, "2 s").unwrap_err().contains("V2_CATALOG_DELAY"));
    }

    #[test]
    fn a_public_url_is_our_own() {
        let with = |url: &str| {
            plan(
                Serve {
                    public_url: Some(url.to_owned()),
                    ..Serve::default()
                },
                &[],
            )
        };
        let plan = with("https://registry.example:8443/").unwrap();
        assert_eq!(
            plan.config.settings.public_url.as_deref(),
            Some("https://registry.example:8443")
        );
        assert_eq!(plan.options.hosts, ["registry.example"]);
        assert_eq!(plan.options.origins, ["https://registry.example:8443"]);
        for url in [
            "registry.example",
            "ftp://a",
            "http://a/b",
            "http://",
            "http://u@a",
            "",
        ] {
            assert!(with(url).unwrap_err().contains("--public-url"), "{url}");
        }
    }

    #[test]
    fn flags_that_do_not_fit_are_told_apart() {
        let file = || Some(PathBuf::from("/no/such/file"));
        let tls = Some(super::super::args::ShippedTls::Test);
        for (args, wanted) in [
            (
                Serve {
                    tls_cert: file(),
                    ..Serve::default()
                },
                "--tls-key FILE",
            ),
            (
                Serve {
                    tls_key: file(),
                    ..Serve::default()
                },
                "--tls-cert FILE",
            ),
            (
                Serve {
                    ca_out: file(),
                    ..Serve::default()
                },
                "--tls test",
            ),
            (
                Serve {
                    tls,
                    tls_key: file(),
                    ..Serve::default()
                },
                "leave out",
            ),
            (
                Serve {
                    tls_cert: file(),
                    tls_key: file(),
                    ..Serve::default()
                },
                "/no/such/file cannot be read",
            ),
        ] {
            let said = plan(args, &[]).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
    }
}
