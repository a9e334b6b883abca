//! What stands in double braces.

use std::collections::BTreeMap;

use registrette::{
    content::Sha2,
    spec::{Algorithm, Digest},
};

/// What a transcript has given names to, or has learned.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Texts by name.
    texts: BTreeMap<String, Vec<u8>>,
    /// The sessions that were opened, in order.
    sessions: Vec<String>,
    /// The tokens that were given, in order; and those that more tokens are to be had with.
    tokens: Vec<String>,
    refreshes: Vec<String>,
    /// Where answers redirected to, in order.
    locations: Vec<String>,
    /// What stands for what in an answer: the digests of the texts that were named or written out.
    known: BTreeMap<String, String>,
}

impl Names {
    /// Names a text.
    pub(crate) fn define(&mut self, name: &str, text: Vec<u8>) {
        for (word, algorithm) in ALGORITHMS {
            self.learn(&text, algorithm, &format!("{word} {name}"));
        }
        self.texts.insert(name.to_owned(), text);
    }

    /// Counts a session that an answer speaks of. Ids of another form than the registry's own stand for themselves.
    pub(crate) fn see_session(&mut self, id: &str) {
        if id.len() == 36 && !self.sessions.iter().any(|known| known == id) {
            self.sessions.push(id.to_owned());
            let name = format!("{{{{session {}}}}}", self.sessions.len());
            self.known.insert(id.to_owned(), name);
        }
    }

    /// Counts where an answer redirects to.
    pub(crate) fn see_location(&mut self, location: &str) {
        self.locations.push(location.to_owned());
        let name = format!("{{{{location {}}}}}", self.locations.len());
        self.known.insert(location.to_owned(), name);
    }

    /// Counts a token that an answer gives, and when it was given.
    pub(crate) fn see_token(&mut self, answer: &serde_json::Value) {
        let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
        if let Some(token) = text("token").or_else(|| text("access_token")) {
            self.tokens.push(token.to_owned());
            let number = self.tokens.len();
            self.known
                .insert(token.to_owned(), format!("{{{{token {number}}}}}"));
            if let Some(issued) = text("issued_at") {
                self.known
                    .insert(issued.to_owned(), format!("{{{{issued {number}}}}}"));
            }
        }
        if let Some(refresh) = text("refresh_token")
            && !self.refreshes.iter().any(|known| known == refresh)
        {
            self.refreshes.push(refresh.to_owned());
            let name = format!("{{{{refresh {}}}}}", self.refreshes.len());
            self.known.insert(refresh.to_owned(), name);
        }
    }

    /// The name of a text, written as what stands for it.
    pub(crate) fn name_of(&self, text: &[u8]) -> Option<String> {
        let found = self
            .texts
            .iter()
            .find(|(_, known)| known.as_slice() == text);
        found.map(|(name, _)| format!("{{{{{name}}}}}"))
    }

    /// A text with what is known in it replaced by what stands for it.
    pub(crate) fn shorten(&self, text: &str) -> String {
        let mut longest: Vec<_> = self.known.iter().collect();
        longest.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        longest
            .into_iter()
            .fold(text.to_owned(), |text, (known, name)| {
                text.replace(known.as_str(), name)
            })
    }

    /// A text with all that stands in double braces put in.
    pub(crate) fn expand(&mut self, text: &str) -> Result<Vec<u8>, String> {
        let mut expanded = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("no end of {{{{{after}"))?;
            expanded.extend_from_slice(before.as_bytes());
            expanded.extend(self.value(inside)?);
            rest = after;
        }
        expanded.extend_from_slice(rest.as_bytes());
        Ok(expanded)
    }

    /// The same, where only text will do.
    pub(crate) fn expand_text(&mut self, text: &str) -> Result<String, String> {
        String::from_utf8(self.expand(text)?).map_err(|fault| fault.to_string())
    }

    fn value(&mut self, inside: &str) -> Result<Vec<u8>, String> {
        let (word, argument) = inside.split_once(' ').unwrap_or((inside, ""));
        if argument.is_empty() {
            let known = self.texts.get(word).cloned();
            return known.ok_or_else(|| format!("nothing is named {word}"));
        }
        if let Some((_, algorithm)) = ALGORITHMS.iter().find(|(known, _)| *known == word) {
            let text = self.text(argument)?;
            self.learn(&text, *algorithm, inside);
            return Ok(Sha2::digest(*algorithm, &text).to_string().into_bytes());
        }
        match word {
            "text" => self.text(argument),
            "size" => Ok(self.text(argument)?.len().to_string().into_bytes()),
            "tag" => {
                let (word, argument) = argument.split_once(' ').unwrap_or_default();
                let digest = self.value(&format!("{word} {argument}"))?;
                let digest = Digest::parse(&String::from_utf8_lossy(&digest));
                Ok(digest
                    .map_err(|fault| fault.to_string())?
                    .referrers_tag()
                    .into_bytes())
            }
            "repeat" => {
                let (text, times) = argument.rsplit_once(' ').unwrap_or_default();
                let times = times.parse().map_err(|_| format!("how often? {inside}"))?;
                Ok(self.text(text)?.repeat(times))
            }
            "basic" => Ok(format!("Basic {}", base64(&self.text(argument)?)).into_bytes()),
            "session" => numbered(&self.sessions, inside, argument),
            "token" => numbered(&self.tokens, inside, argument),
            "location" => numbered(&self.locations, inside, argument),
            "refresh" => numbered(&self.refreshes, inside, argument),
            _ => Err(format!("nothing does {word}")),
        }
    }

    /// A text by its name, or written as a JSON string.
    fn text(&self, argument: &str) -> Result<Vec<u8>, String> {
        if argument.starts_with('"') {
            let text: Result<String, _> = serde_json::from_str(argument);
            return text
                .map(String::into_bytes)
                .map_err(|fault| format!("{argument}: {fault}"));
        }
        let known = self.texts.get(argument).cloned();
        known.ok_or_else(|| format!("nothing is named {argument}"))
    }

    fn learn(&mut self, text: &[u8], algorithm: Algorithm, name: &str) {
        let digest = Sha2::digest(algorithm, text);
        let known = [
            (digest.referrers_tag(), format!("{{{{tag {name}}}}}")),
            (digest.to_string(), format!("{{{{{name}}}}}")),
        ];
        for (known, name) in known {
            self.known.entry(known).or_insert(name);
        }
    }
}

const ALGORITHMS: [(&str, Algorithm); 2] =
    [("sha256", Algorithm::Sha256), ("sha512", Algorithm::Sha512)];

fn numbered(texts: &[String], inside: &str, number: &str) -> Result<Vec<u8>, String> {
    let number: usize = number.parse().map_err(|_| inside.to_owned())?;
    let text = texts.get(number.wrapping_sub(1)).cloned();
    let text = text.ok_or_else(|| format!("no {inside} yet"))?;
    Ok(text.into_bytes())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(group.get(at).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place > group.len() {
                '='
            } else {
                digit.into()
            });
        }
    }
    text
}
