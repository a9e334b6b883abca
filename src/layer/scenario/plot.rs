//! Which scenario a request is in, by the names in it.

use http::header::HOST;

use crate::{
    image::RandomImage,
    spec::Reference,
    wire::{Head, Operation},
};

/// What happens to a request.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Plot {
    /// Nothing.
    None,
    /// It is answered this status.
    Fail(String),
    /// It is answered after this time; `None`: nobody said which.
    Wait(Option<String>),
    /// What it asks for is made: the image of this tag.
    Make(String),
    /// What it brings is taken as it comes.
    Take,
}

impl Plot {
    pub(super) fn of(head: &Head) -> Self {
        if let Some(plot) = host(head).and_then(|host| Self::at(&host)) {
            return plot;
        }
        let scope = scope(head);
        let operation = head.operation.as_ref().ok();
        let name = operation.and_then(Operation::repository);
        let name = name.map(ToString::to_string).or(scope);
        let Some(name) = name
            .as_deref()
            .and_then(|name| name.strip_prefix("broken/"))
        else {
            return Self::None;
        };
        let mut parts = name.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("error"), None, _) => {
                pulled(operation).map_or(Self::None, |reference| Self::Fail(reference.to_string()))
            }
            (Some("timeout"), None, _) => pulled(operation).map_or(Self::None, |reference| {
                Self::Wait(value(&reference.to_string(), "dur"))
            }),
            (Some("random"), None, _) => Self::made(head, operation),
            (Some("prepared"), ..) => Self::Take,
            (Some("error"), Some(of), Some(status)) if is_of(head, of) => {
                Self::Fail(status.to_owned())
            }
            (Some("timeout"), Some(of), Some(time)) if is_of(head, of) => {
                Self::Wait(Some(time.to_owned()))
            }
            // What does not fail there is as it is with random images, so that one gets as far.
            (Some("error" | "timeout"), Some(_), Some(_)) => Self::made(head, operation),
            _ => Self::None,
        }
    }

    /// What happens to everything that is asked of a host.
    fn at(host: &str) -> Option<Self> {
        match host.strip_suffix(".broken.localhost")?.split_once('-')? {
            ("error", status) => Some(Self::Fail(status.to_owned())),
            ("timeout", time) => Some(Self::Wait(Some(time.to_owned()))),
            _ => None,
        }
    }

    fn made(head: &Head, operation: Option<&Operation>) -> Self {
        match pulled(operation) {
            Some(Reference::Tag(tag)) if !head.facts.exists => Self::Make(tag.to_string()),
            _ => Self::None,
        }
    }
}

/// What manifest is pulled.
fn pulled(operation: Option<&Operation>) -> Option<&Reference> {
    match operation {
        Some(Operation::PullManifest { reference, .. }) => Some(reference),
        _ => None,
    }
}

/// Whether a request is for an operation, or for one of those that are named for the same noun.
fn is_of(head: &Head, named: &str) -> bool {
    let name = head.operation_name();
    let noun = name.split_once('.').map(|(noun, _)| noun);
    name == named || noun == Some(named)
}

/// The host that is asked, without its port.
fn host(head: &Head) -> Option<String> {
    let named = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| head.target.host())?;
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    Some(host.to_ascii_lowercase())
}

/// The repository that a token is asked for.
fn scope(head: &Head) -> Option<String> {
    let scope = matches!(head.operation, Ok(Operation::Token)).then(|| head.query("scope"))??;
    let mut parts = scope.split(':').skip(1);
    parts.next().map(str::to_owned)
}

/// The value of a key in a tag such as `layers-3_size-1024`: the last one, up to the next `-`.
fn value(tag: &str, key: &str) -> Option<String> {
    let mut found = None;
    for pair in tag.split('_') {
        let mut parts = pair.split('-');
        if parts.next() == Some(key) {
            found = Some(parts.next().unwrap_or(""));
        }
    }
    found.map(str::to_owned)
}

/// How many layers an image has at most.
const LAYERS: u32 = 1000;

/// The image that a tag describes.
///
/// # Errors
/// What is missing.
pub(super) fn image(tag: &str) -> Result<RandomImage, &'static str> {
    let layers = value(tag, "layers").ok_or("tag missing num layers")?;
    let size = value(tag, "size").ok_or("tag missing layer size")?;
    let seed = value(tag, "seed").unwrap_or_default();
    let layers = layers.parse().unwrap_or(1);
    if layers > LAYERS {
        return Err("an image has at most 1000 layers");
    }
    Ok(RandomImage {
        layers,
        size: size.parse().unwrap_or(1024),
        seed: seed.parse().unwrap_or(0),
    })
}
