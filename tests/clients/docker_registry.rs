//! distribution, of today and as Debian's docker-registry: it serves trees written here, and its trees are loaded here.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::Check;
use crate::forms::ours;
use crate::report::{Cases, same};
use crate::server::Server;
use crate::setting::Setting;

pub(crate) fn cases(setting: &Setting<'_>, program: &Path, cases: &mut Cases<'_>) {
    cases.case("prepare", || {
        for (name, image) in [
            ("library/image:v1", &setting.images.image),
            ("library/image:again", &setting.images.image),
            ("deep/er/index:v1", &setting.images.index),
        ] {
            let from = format!("oci:{}", image.dir.display());
            ours(&["copy", &from, &setting.at(name)])?;
        }
        Ok(())
    });
    cases.case("serves-our-tree", || serves_ours(setting, program));
    cases.case("its-tree-is-loaded", || its_tree(setting, program));
}

/// A tree written here is served as it is.
fn serves_ours(setting: &Setting<'_>, program: &Path) -> Check {
    let tree = setting.path("ours");
    ours(&["copy", setting.host, &format!("storage:{}", tree.display())])?;
    let wanted = catalogue(setting.host)?;
    let theirs = Theirs::start(setting, program, &tree, "")?;
    same("the catalogue", &wanted, &catalogue(&theirs.host)?)?;
    // Every blob of it can be pulled.
    let pulled = setting.path("pulled");
    ours(&["copy", &theirs.host, &pulled.display().to_string()])?;
    same(
        "what was pulled",
        &wanted,
        &catalogue(&pulled.display().to_string())?,
    )?;
    setting.images.image.same_in(&pulled)?;
    setting.images.index.same_in(&pulled)?;
    // By someone else's client too, where there is one.
    let mut skopeo = setting.command("skopeo");
    let from = format!("docker://{}/library/image:v1", theirs.host);
    let to = format!("oci:{}:v1", setting.path("skopeo").display());
    skopeo.args([
        "--insecure-policy",
        "copy",
        "--src-tls-verify=false",
        "--preserve-digests",
        &from,
        &to,
    ]);
    match skopeo.output() {
        Ok(output) if !output.status.success() => {
            Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
        }
        Ok(_) => setting.images.image.same_in(&setting.path("skopeo")),
        // It is not installed, which the list tells.
        Err(_) => Ok(()),
    }
}

/// A tree that it wrote is loaded with all its tags.
fn its_tree(setting: &Setting<'_>, program: &Path) -> Check {
    let tree = setting.path("theirs");
    fs::create_dir_all(&tree)?;
    let theirs = Theirs::start(setting, program, &tree, "")?;
    ours(&["copy", setting.host, &theirs.host])?;
    let wanted = catalogue(&theirs.host)?;
    same("the catalogue", &catalogue(setting.host)?, &wanted)?;
    drop(theirs);
    let scratch = tempfile::tempdir()?;
    let path = tree.display().to_string();
    let server = Server::with(scratch.path(), &["--load", &path])?;
    same("what was loaded", &wanted, &catalogue(&server.host)?)?;
    same("what was read", &wanted, &catalogue(&path)?)
}

/// What is printed of a place, with the tags in one order: it lists them as its disk does.
fn catalogue(place: &str) -> Check<String> {
    let printed = ours(&["catalog", place])?;
    let mut blocks: Vec<String> = Vec::new();
    for line in printed.lines() {
        match blocks.last_mut().filter(|_| line.starts_with(' ')) {
            Some(block) => *block = format!("{block}\n{line}"),
            None => blocks.push(line.to_owned()),
        }
    }
    blocks.sort();
    Ok(blocks.join("\n"))
}

/// distribution, on a port of its own.
pub(crate) struct Theirs {
    pub(crate) host: String,
    child: Child,
}

impl Theirs {
    /// Starts it over a tree, with what else its configuration is to say.
    pub(crate) fn start(
        setting: &Setting<'_>,
        program: &Path,
        tree: &Path,
        more: &str,
    ) -> Check<Self> {
        let config = setting.path("config.yml");
        let root = tree.display();
        let text = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {root}\n\
             http:\n  addr: 127.0.0.1:0\n{more}"
        );
        fs::write(&config, text)?;
        let mut child = Command::new(program)
            .arg("serve")
            .arg(&config)
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdin(Stdio::null())
            .stdout(File::create(setting.path("theirs.stdout"))?)
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take();
        let mut theirs = Self {
            host: String::new(),
            child,
        };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = stderr
                .into_iter()
                .flat_map(|stderr| BufReader::new(stderr).lines());
            lines.for_each(|line| drop(sender.send(line.unwrap_or_default())));
        });
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(20)) {
            if let Some((_, rest)) = line.split_once("listening on ") {
                let end = rest.find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit());
                theirs.host = rest.split_at(end.unwrap_or(rest.len())).0.to_owned();
                return Ok(theirs);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(format!("it does not say where it listens:\n{said}").into())
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
