//! skopeo, of the containers projects.

use std::process::Command;

use serde_json::{Value, json};

use crate::Check;
use crate::command::{refused, run, run_into};
use crate::digest::digest_of;
use crate::layout::{Image, TAG};
use crate::report::{Cases, holds, same};
use crate::setting::Setting;

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let skopeo = Skopeo(setting);
    let images = setting.images;
    // First of all: what is there already, the client takes as it is.
    cases.case("push-compressed", || skopeo.push_compressed());
    for (name, image) in [
        ("image", &images.image),
        ("index", &images.index),
        ("empty-layer", &images.empty),
        ("200-mib", &images.large),
    ] {
        let at = format!("{name}:v1");
        cases.case(&format!("push-{name}"), || skopeo.push(image, &at));
        cases.case(&format!("pull-{name}"), || skopeo.pull(image, &at));
    }
    cases.case("push-docker-format", || {
        skopeo.convert(&["--format=v2s2"], "docker:v1")?;
        let kind = "application/vnd.docker.distribution.manifest.v2+json";
        holds("the manifest", &skopeo.inspect("--raw", "docker:v1")?, kind)
    });
    cases.case("copy", || {
        skopeo.copy(&images.image, "image:v1", "deep/er/copy:v1")
    });
    cases.case("copy-index", || {
        skopeo.copy(&images.index, "index:v1", "deep/er/index:v1")
    });
    cases.case("tag", || skopeo.copy(&images.image, "image:v1", "image:v2"));
    cases.case("list-tags", || skopeo.tags("image", &["v1", "v2"]));
    cases.case("inspect", || {
        let said = skopeo.inspect("--no-tags", "image:v1")?;
        holds("the digest", &said, images.image.digest())?;
        let mut layers = images.image.layers.iter();
        layers.try_for_each(|layer| holds("the layers", &said, layer))
    });
    cases.case("inspect-config", || {
        let said = skopeo.inspect("--config", "image:v1")?;
        holds("the configuration", &said, "\"amd64\"")
    });
    cases.case("sync", || skopeo.sync());
    cases.case("push-artifact", || {
        skopeo.push(&images.artifact, "image:sbom")
    });
    cases.case("delete-manifest", || {
        // By tag, but it is the manifest that goes, and with it both tags.
        run(skopeo
            .command("delete")
            .args(["--tls-verify=false", &skopeo.remote("image:v2")]))?;
        skopeo.tags("image", &["sbom"])?;
        let mut inspect = skopeo.command("inspect");
        inspect.args(["--tls-verify=false", &skopeo.remote("image:v1")]);
        refused(inspect, "manifest unknown")
    });
}

pub(crate) fn push(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Skopeo(setting).push(image, name)
}

pub(crate) fn pull(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Skopeo(setting).pull(image, name)
}

/// A command about one name in the registry.
pub(crate) fn command(setting: &Setting<'_>, what: &str, name: &str) -> Command {
    let skopeo = Skopeo(setting);
    let mut command = skopeo.command(what);
    command.arg("--tls-verify=false").arg(skopeo.remote(name));
    command
}

struct Skopeo<'a>(&'a Setting<'a>);

impl Skopeo<'_> {
    fn command(&self, name: &str) -> Command {
        let mut command = self.0.command("skopeo");
        // No signatures are asked for, whatever the machine's own policy says.
        command
            .arg("--insecure-policy")
            .arg("--registries.d")
            .arg(self.0.scratch);
        command.env("TMPDIR", self.0.scratch).arg(name);
        command
    }

    fn remote(&self, name: &str) -> String {
        format!("docker://{}", self.0.at(name))
    }

    fn transfer(&self, options: &[&str], from: &str, to: &str) -> Check {
        let plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
        run(self
            .command("copy")
            .args(plain)
            .args(options)
            .args([from, to]))?;
        Ok(())
    }

    /// Copies every byte as it is.
    fn exact(&self, from: &str, to: &str) -> Check {
        self.transfer(&["--all", "--preserve-digests"], from, to)
    }

    fn push(&self, image: &Image, name: &str) -> Check {
        self.exact(&format!("oci:{}", image.reference()), &self.remote(name))?;
        self.is_at(image, name)
    }

    fn pull(&self, image: &Image, name: &str) -> Check {
        let dir = self.0.path(&name.replace(['/', ':'], "-"));
        self.exact(&self.remote(name), &format!("oci:{}:{TAG}", dir.display()))?;
        image.same_in(&dir)
    }

    fn copy(&self, image: &Image, from: &str, to: &str) -> Check {
        self.exact(&self.remote(from), &self.remote(to))?;
        self.is_at(image, to)
    }

    /// Pushes the image changed on the way.
    fn convert(&self, options: &[&str], to: &str) -> Check {
        let source = format!("oci:{}", self.0.images.image.reference());
        self.transfer(options, &source, &self.remote(to))
    }

    /// The client compresses while it uploads: it knows neither length nor digest beforehand.
    fn push_compressed(&self) -> Check {
        self.convert(&[], "gzip:v1")?;
        holds(
            "the manifest",
            &self.inspect("--raw", "gzip:v1")?,
            "tar+gzip",
        )
    }

    fn inspect(&self, option: &str, name: &str) -> Check<String> {
        run(self
            .command("inspect")
            .args(["--tls-verify=false", option, &self.remote(name)]))
    }

    /// Checks the bytes of the manifest behind a name.
    fn is_at(&self, image: &Image, name: &str) -> Check {
        let path = self.0.path("manifest");
        let mut inspect = self.command("inspect");
        inspect.args(["--tls-verify=false", "--raw", &self.remote(name)]);
        run_into(inspect, &path)?;
        same(
            "the manifest's bytes",
            image.digest(),
            &digest_of(&path, image.digest())?,
        )
    }

    /// Fetches a repository with all its tags.
    fn sync(&self) -> Check {
        let target = self.0.path("synced");
        let options = ["--src-tls-verify=false", "--src=docker", "--dest=dir"];
        run(self
            .command("sync")
            .args(options)
            .arg(self.0.at("image"))
            .arg(&target))?;
        let expected = self.0.images.image.digest();
        for tag in ["v1", "v2"] {
            let manifest = target.join(format!("image:{tag}/manifest.json"));
            same("the manifest", expected, &digest_of(&manifest, expected)?)?;
        }
        Ok(())
    }

    fn tags(&self, repository: &str, expected: &[&str]) -> Check {
        let mut list = self.command("list-tags");
        let said = run(list.args(["--tls-verify=false", &self.remote(repository)]))?;
        let said: Value = serde_json::from_str(&said)?;
        let found = said.get("Tags").map(Value::to_string).unwrap_or_default();
        same("the tags", &json!(expected).to_string(), &found)
    }
}
