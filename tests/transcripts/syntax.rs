//! What a transcript says, line by line.

/// A transcript, taken apart.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) items: Vec<Item>,
}

/// One thing a transcript says.
#[derive(Debug)]
pub(crate) enum Item {
    /// A comment, or an empty line: kept as it stands.
    Aside(String),
    /// `@ DIRECTIVE`: something done to the registry past HTTP.
    Set { line: usize, directive: String },
    /// `= NAME TEXT`, or `= NAME` and the text below it, moved in by two blanks.
    Define {
        line: usize,
        name: String,
        text: String,
        source: Vec<String>,
    },
    /// `> METHOD TARGET`, `> HEADER: VALUE`, an empty line and the body.
    Ask {
        line: usize,
        head: Vec<String>,
        body: String,
    },
}

const MARKS: [&str; 5] = ["# ", "@ ", "= ", "> ", "< "];

impl Transcript {
    /// Reads a transcript. The answers in it are not looked at: they are what is written anew.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().collect();
        let mut items = Vec::new();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let number = at + 1;
            let begin = at;
            at += 1;
            match line.get(..2) {
                Some("@ ") => items.push(Item::Set {
                    line: number,
                    directive: line[2..].to_owned(),
                }),
                Some("= ") => {
                    let (name, first) = line[2..]
                        .split_once(' ')
                        .unwrap_or_else(|| (&line[2..], ""));
                    at += count(&lines[at..], |line| line.starts_with("  "));
                    let below = lines[begin + 1..at].iter().map(|line| &line[2..]);
                    let text = if at == begin + 1 {
                        first.to_owned()
                    } else {
                        below.collect::<Vec<_>>().join("\n")
                    };
                    items.push(Item::Define {
                        line: number,
                        name: name.to_owned(),
                        text,
                        source: owned(&lines[begin..at]),
                    });
                }
                Some("> ") => {
                    at += count(&lines[at..], |line| line.starts_with("> "));
                    let head = lines[begin..at].iter().map(|line| line[2..].to_owned());
                    let head = head.collect();
                    let body = body(&lines, &mut at);
                    items.push(Item::Ask {
                        line: number,
                        head,
                        body,
                    });
                }
                Some("< ") => {
                    at += count(&lines[at..], |line| line.starts_with("< "));
                    body(&lines, &mut at);
                    if !matches!(items.last(), Some(Item::Ask { .. })) {
                        return Err(format!("line {number}: an answer to no request"));
                    }
                }
                _ if line.is_empty() || line.starts_with('#') => {
                    items.push(Item::Aside((*line).to_owned()));
                }
                _ => {
                    return Err(format!(
                        "line {number}: neither request nor comment: {line}"
                    ));
                }
            }
        }
        Ok(Self { items })
    }

    /// Whether it can only be played where the clock is an argument.
    pub(crate) fn moves_the_clock(&self) -> bool {
        self.directives()
            .any(|directive| directive.starts_with('+'))
    }

    /// All that is done past HTTP.
    pub(crate) fn directives(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| match item {
            Item::Set { directive, .. } => Some(directive.as_str()),
            Item::Aside(_) | Item::Define { .. } | Item::Ask { .. } => None,
        })
    }
}

/// The body after an empty line, up to the next line that begins something else; empty lines around it do not count.
fn body(lines: &[&str], at: &mut usize) -> String {
    let rest = &lines[*at..];
    let is_body = |line: &str| !MARKS.iter().any(|mark| line.starts_with(mark));
    let empty = count(rest, str::is_empty);
    let length = count(&rest[empty..], is_body);
    let mut taken = &rest[empty..empty + length];
    if empty == 0 || taken.is_empty() {
        // Empty lines before something else stand for themselves.
        *at += empty;
        return String::new();
    }
    *at += empty + length;
    while let [before @ .., ""] = taken {
        taken = before;
    }
    taken.join("\n")
}

fn count(lines: &[&str], holds: impl Fn(&str) -> bool) -> usize {
    lines.iter().take_while(|line| holds(line)).count()
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
