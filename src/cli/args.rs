//! The flags.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use registrette::{serve::ClockMode, spec};

use super::{auth::AuthArgs, login::LoginFile, probe::Probe};

/// A container registry that fits inside a test.
#[derive(Parser, Debug)]
#[command(name = "registrette", version)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Answers the OCI and Docker registry API from memory.
    ///
    /// Every flag can be given as a variable; a flag stands over its variable, and that over those of distribution,
    /// REGISTRY_HTTP_ADDR and REGISTRY_STORAGE_DELETE_ENABLED.
    #[command(visible_alias = "run")]
    Serve(Box<Serve>),
    /// Writes credentials for a running registry where clients look for them: config.json of Docker's form.
    LoginFile(LoginFile),
    /// Prints what images there are: in a registry, a layout, an archive, a storage tree.
    Catalog(Catalog),
    /// Lists the registries that this one can behave like, and the switches of one.
    Profiles(Profiles),
    /// Copies images between registries, layouts, archives and storage trees.
    Copy(Copy),
    /// Fills an empty folder, as a registry stores it, with images of a registry.
    Init(Init),
    /// Says how a running registry differs from the spec, switch by switch, and which profile is nearest.
    Probe(Probe),
}

#[derive(clap::Args, Debug)]
pub(super) struct Profiles {
    /// The profile to tell of; without one, all are listed.
    pub(super) name: Option<String>,

    /// All switches that there are, whoever sets them.
    #[arg(long, conflicts_with = "name")]
    pub(super) switches: bool,

    /// JSON, for programs.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct Catalog {
    /// The registry, as a URL or HOST:PORT, or the path.
    #[arg(value_name = "URL|PATH")]
    pub(super) of: String,

    /// Prints an array of JSON objects, one for each tag.
    #[arg(long, conflicts_with = "raw")]
    pub(super) json: bool,

    /// Prints the list of repositories as the registry answers it.
    #[arg(long)]
    pub(super) raw: bool,
}

/// How images are written:
///
/// HOST/REPOSITORY:TAG or @DIGEST, in a registry; http:// before it means without TLS, which loopback means anyway.
///
/// PATH, an OCI layout, an archive of one or of docker save, a storage tree; PATH#REPOSITORY:TAG names one image in it.
/// What is written to PATH.tar is an archive of a layout, to storage:PATH a storage tree, to any other path a layout.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct Copy {
    /// Where from: one image, or all that the path has.
    pub(super) from: String,

    /// Where to. Without a tag, under the tags that the images have.
    pub(super) to: String,

    /// All tags of the repository.
    #[arg(long)]
    pub(super) all_tags: bool,

    /// Only these platforms of an index, such as linux/amd64; can be repeated. The index itself stays as it is.
    #[arg(long, value_name = "OS/ARCH", value_delimiter = ',')]
    pub(super) platform: Vec<String>,

    /// What is about an image as well: signatures, lists of parts.
    #[arg(long)]
    pub(super) referrers: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct Init {
    /// The folder: empty, not there yet, or of an init that was interrupted.
    pub(super) folder: PathBuf,

    /// The registry the images are in, as a URL or HOST:PORT.
    #[arg(long, value_name = "HOST")]
    pub(super) from: String,

    /// The images, as REPOSITORY:TAG.
    #[arg(required = true, value_name = "IMAGE")]
    pub(super) images: Vec<String>,

    /// Only these platforms of an index, such as linux/amd64; can be repeated.
    #[arg(long, value_name = "OS/ARCH", value_delimiter = ',')]
    pub(super) platform: Vec<String>,
}

#[derive(clap::Args, Debug, Default)]
#[command(next_line_help = true)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:5000].
    #[arg(long, value_name = "HOST:PORT", env = "REGISTRETTE_ADDR")]
    pub(super) addr: Option<String>,

    /// The registry to behave like, quirks and all; docker.io/=docker-hub for repositories below a name. Can be repeated;
    /// `registrette profiles` lists them.
    #[arg(
        long,
        value_name = "[PREFIX/=]NAME",
        env = "REGISTRETTE_PROFILE",
        value_delimiter = ','
    )]
    pub(super) profile: Vec<String>,

    /// A switch of its own, such as ImmutableTags=true, on top of the profile; docker.io/:ImmutableTags=true for
    /// repositories below a name. Can be repeated.
    #[arg(long, value_name = "[PREFIX/:]NAME=VALUE", env = "REGISTRETTE_QUIRK")]
    pub(super) quirk: Vec<String>,

    /// What a manifest points at and must have been pushed before it.
    #[arg(long, value_enum, env = "REGISTRETTE_REFERENCES", default_value_t)]
    pub(super) references: References,

    /// What `Accept` does when a manifest is pulled.
    #[arg(long, value_enum, env = "REGISTRETTE_ACCEPT", default_value_t)]
    pub(super) accept: Accept,

    /// Answers 405 to every delete.
    #[arg(
        long, value_name = "BOOL", env = "REGISTRETTE_NO_DELETE", value_parser = BoolishValueParser::new(),
        num_args = 0..=1, require_equals = true, default_missing_value = "true",
    )]
    pub(super) no_delete: Option<bool>,

    /// Fault rules to begin with: a JSON file with one, or a list; can be repeated.
    #[arg(
        long,
        value_name = "FILE",
        env = "REGISTRETTE_FAULTS",
        value_delimiter = ','
    )]
    pub(super) faults: Vec<PathBuf>,

    /// Repositories below broken/ fail, wait, or hold images of any size: broken/error:404, broken/timeout:dur-5s,
    /// broken/random:layers-3_size-1024, and what is pushed to broken/prepared.
    #[arg(long, env = "REGISTRETTE_SCENARIOS", value_parser = BoolishValueParser::new())]
    pub(super) scenarios: bool,

    /// Images to begin with: an OCI layout, an archive of one or of docker save, a storage tree; NAME=PATH says which
    /// repository those without a name go into. Also a JSON file of seeds, or a registry, a repository or an image of it by
    /// its URL, such as https://ghcr.io/org/app:v1, or an archive by its own. Can be repeated.
    #[arg(long, value_name = "PATH|URL", env = "REGISTRETTE_LOAD")]
    pub(super) load: Vec<String>,

    /// Lets tests and tools reset, fork, break and watch the registry over HTTP, under /_control/.
    #[arg(long, env = "REGISTRETTE_CONTROL", value_parser = BoolishValueParser::new())]
    pub(super) control: bool,

    /// What whoever asks under /_control/ sends as Authorization: Bearer; required off loopback.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "REGISTRETTE_CONTROL_TOKEN",
        hide_env_values = true
    )]
    pub(super) control_token: Option<String>,

    /// Serves the playground under /ui/: what clients do is seen there as they do it. DIR is where it was built
    /// [default: www/dist].
    #[arg(
        long, value_name = "DIR", env = "REGISTRETTE_UI",
        num_args = 0..=1, require_equals = true, default_missing_value = "www/dist",
    )]
    pub(super) ui: Option<PathBuf>,

    /// How many calls --control remembers [default: 1000].
    #[arg(long, value_name = "N", env = "REGISTRETTE_HISTORY")]
    pub(super) history: Option<usize>,

    /// How many bytes of each body --control remembers with a call [default: 0].
    #[arg(long, value_name = "BYTES", env = "REGISTRETTE_HISTORY_BODIES")]
    pub(super) history_bodies: Option<usize>,

    /// What delays, expiry and the windows of fault rules go by.
    #[arg(long, value_enum, env = "REGISTRETTE_CLOCK", default_value_t)]
    pub(super) clock: Clock,
    #[command(flatten)]
    pub(super) auth: AuthArgs,

    /// How many pulls there may be in which time, such as 100/6h; more by ,by=user ,counts=requests ,retry-after=date.
    #[arg(long, value_name = "N/DURATION", env = "REGISTRETTE_RATE_LIMIT")]
    pub(super) rate_limit: Option<String>,

    /// A header of every answer; can be repeated.
    #[arg(long, value_name = "NAME: VALUE", env = "REGISTRETTE_HEADER")]
    pub(super) header: Vec<String>,

    /// A name the registry goes by on loopback, besides localhost and addresses; can be repeated.
    #[arg(
        long,
        value_name = "NAME",
        env = "REGISTRETTE_HOST",
        value_delimiter = ','
    )]
    pub(super) host: Vec<String>,

    /// An origin whose pages may ask, such as http://localhost:8080; can be repeated.
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "REGISTRETTE_CORS",
        value_delimiter = ','
    )]
    pub(super) cors: Vec<String>,

    /// What absolute URLs in answers start with, such as https://registry.example.
    #[arg(long, value_name = "URL", env = "REGISTRETTE_PUBLIC_URL")]
    pub(super) public_url: Option<String>,

    /// Believes X-Forwarded-Proto and X-Forwarded-Host; for use behind a proxy that sets them.
    #[arg(long, env = "REGISTRETTE_TRUST_FORWARDED", value_parser = BoolishValueParser::new())]
    pub(super) trust_forwarded: bool,

    /// Speaks TLS with this certificate (PEM, signers after it).
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_TLS_CERT")]
    pub(super) tls_cert: Option<PathBuf>,

    /// The key of that certificate (PEM).
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_TLS_KEY")]
    pub(super) tls_key: Option<PathBuf>,

    /// Speaks TLS with the shipped test certificate for localhost; everybody has its key.
    #[arg(long, value_enum, env = "REGISTRETTE_TLS")]
    pub(super) tls: Option<ShippedTls>,

    /// Writes the CA of the test certificate there.
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_CA_OUT")]
    pub(super) ca_out: Option<PathBuf>,

    /// Makes ids from this number, the same every time; drawn from the system when not given.
    #[arg(long, value_name = "N", env = "REGISTRETTE_SEED")]
    pub(super) seed: Option<u64>,

    /// Writes a line per request on stderr.
    #[arg(long, env = "REGISTRETTE_LOG", value_parser = BoolishValueParser::new())]
    pub(super) log: bool,

    /// Writes a JSON file when the registry answers: url, pid, control.
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_READY_FILE")]
    pub(super) ready_file: Option<PathBuf>,

    /// Ends when stdin is closed.
    #[arg(long, env = "REGISTRETTE_EXIT_WITH_PARENT", value_parser = BoolishValueParser::new())]
    pub(super) exit_with_parent: bool,

    /// Prints REGISTRY_URL and REGISTRY_INSECURE for a shell.
    #[arg(long, env = "REGISTRETTE_ENV", value_parser = BoolishValueParser::new())]
    pub(super) env: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(super) enum References {
    /// Config, layers, and the children of an index.
    #[default]
    Strict,
    /// Config and layers.
    Lax,
    /// Nothing.
    Sparse,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(super) enum Accept {
    /// Nothing.
    #[default]
    Lenient,
    /// A manifest of a type that it does not name is not there.
    Strict,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(super) enum Clock {
    /// The system's time.
    #[default]
    Real,
    /// Moves only when it is told to; an answer that is due later waits for that.
    Virtual,
    /// An answer that is due later moves it, and comes at once.
    Auto,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ShippedTls {
    /// For localhost, *.localhost, 127.0.0.1 and ::1.
    Test,
}

impl From<References> for spec::References {
    fn from(references: References) -> Self {
        match references {
            References::Strict => Self::Strict,
            References::Lax => Self::Lax,
            References::Sparse => Self::Sparse,
        }
    }
}

impl From<Accept> for spec::Accept {
    fn from(accept: Accept) -> Self {
        match accept {
            Accept::Lenient => Self::Lenient,
            Accept::Strict => Self::Strict,
        }
    }
}

impl From<Clock> for ClockMode {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Real => Self::Real,
            Clock::Virtual => Self::Virtual,
            Clock::Auto => Self::Auto,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_well_formed() {
        Args::command().debug_assert();
    }
}
