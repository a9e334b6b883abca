//! regctl, of regclient.

mod artifacts;
mod blobs;

use std::process::Command;

use crate::Check;
use crate::command::{refused, run, run_into};
use crate::digest::digest_of;
use crate::layout::{Image, TAG};
use crate::report::{Cases, holds, same};
use crate::setting::{Setting, tools};

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let regctl = Regctl(setting);
    let images = setting.images;
    for (name, image) in [
        ("image", &images.image),
        ("index", &images.index),
        ("empty-layer", &images.empty),
        ("200-mib", &images.large),
        ("sha512", &images.sha512),
    ] {
        let at = format!("{name}:v1");
        cases.case(&format!("push-{name}"), || regctl.push(image, &at));
        cases.case(&format!("pull-{name}"), || regctl.pull(image, &at));
    }
    cases.case("change-to-sha512", || regctl.change_to_sha512());
    cases.case("make-index", || regctl.make_index());
    cases.case("copy", || {
        regctl.copy(&images.index, "index:v1", "deep/er/copy:v1")
    });
    cases.case("tag", || {
        let mut tags = ["v2", "v3", "a"].into_iter();
        tags.try_for_each(|tag| regctl.copy(&images.image, "image:v1", &format!("image:{tag}")))
    });
    cases.case("list-tags", || regctl.tags("image", &[], "a\nv1\nv2\nv3"));
    cases.case("list-tags-in-pages", || {
        regctl.tags("image", &["--limit", "2"], "a\nv1")?;
        regctl.tags("image", &["--limit", "2", "--last", "v1"], "v2\nv3")
    });
    cases.case("catalog", || {
        let expected = "200-mib\ndeep/er/copy\nempty-layer\nimage\nindex\nmade\nsha512";
        let found = regctl.run(&["repo", "ls", setting.host])?;
        same("the catalog", expected, found.trim())
    });
    regctl.blobs(cases);
    regctl.artifacts(cases);
    cases.case("delete-tag", || {
        regctl.run(&["tag", "delete", &setting.at("image:v3")])?;
        regctl.is_at(&images.image, "image:v2")?;
        refused(
            regctl.command(&["manifest", "head", &setting.at("image:v3")]),
            "not found",
        )
    });
    cases.case("delete-manifest", || {
        let name = setting.at(&format!("image@{}", images.image.digest()));
        regctl.run(&["manifest", "delete", &name])?;
        refused(
            regctl.command(&["manifest", "get", &setting.at("image:v1")]),
            "not found",
        )
    });
}

pub(crate) fn push(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Regctl(setting).push(image, name)
}

pub(crate) fn pull(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Regctl(setting).pull(image, name)
}

pub(crate) fn command(setting: &Setting<'_>, arguments: &[&str]) -> Command {
    Regctl(setting).command(arguments)
}

struct Regctl<'a>(&'a Setting<'a>);

impl Regctl<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(tools().join("bin/regctl"));
        command.env("REGCTL_CONFIG", self.0.path("regctl.json"));
        command
            .arg("--host")
            .arg(format!("reg={},tls=disabled", self.0.host))
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Check<String> {
        run(self.command(arguments))
    }

    fn push(&self, image: &Image, name: &str) -> Check {
        let source = format!("ocidir://{}", image.reference());
        self.run(&["image", "copy", &source, &self.0.at(name)])?;
        self.is_at(image, name)
    }

    fn pull(&self, image: &Image, name: &str) -> Check {
        let dir = self.0.path(&name.replace(['/', ':'], "-"));
        self.run(&[
            "image",
            "copy",
            &self.0.at(name),
            &format!("ocidir://{}:{TAG}", dir.display()),
        ])?;
        image.same_in(&dir)
    }

    fn copy(&self, image: &Image, from: &str, to: &str) -> Check {
        self.run(&["image", "copy", &self.0.at(from), &self.0.at(to)])?;
        self.is_at(image, to)
    }

    /// Checks digest and bytes of the manifest behind a name.
    fn is_at(&self, image: &Image, name: &str) -> Check {
        let digest = self.run(&["manifest", "head", &self.0.at(name)])?;
        same("the digest", image.digest(), digest.trim())?;
        let path = self.0.path("manifest");
        run_into(
            self.command(&["manifest", "get", "--format=raw-body", &self.0.at(name)]),
            &path,
        )?;
        same(
            "the manifest's bytes",
            image.digest(),
            &digest_of(&path, image.digest())?,
        )
    }

    fn manifest(&self, name: &str) -> Check<String> {
        self.run(&["manifest", "get", "--format=raw-body", &self.0.at(name)])
    }

    /// Makes the index anew with every digest by the other algorithm, and pulls that.
    fn change_to_sha512(&self) -> Check {
        let (from, to) = (self.0.at("index:v1"), self.0.at("index:sha512"));
        self.run(&[
            "image",
            "mod",
            "--digest-algo=sha512",
            "--create",
            &to,
            &from,
        ])?;
        holds("the index", &self.manifest("index:sha512")?, "\"sha512:")?;
        let target = format!("ocidir://{}:{TAG}", self.0.path("changed").display());
        self.run(&["image", "copy", &to, &target])?;
        Ok(())
    }

    fn make_index(&self) -> Check {
        let parts = [
            "--ref",
            &self.0.at("image:v1"),
            "--ref",
            &self.0.at("200-mib:v1"),
        ];
        run(self
            .command(&["index", "create", &self.0.at("made:v1")])
            .args(parts))?;
        let manifest = self.manifest("made:v1")?;
        holds("the index", &manifest, self.0.images.image.digest())?;
        holds("the index", &manifest, self.0.images.large.digest())
    }

    fn tags(&self, repository: &str, page: &[&str], expected: &str) -> Check {
        let found = run(self
            .command(&["tag", "ls", &self.0.at(repository)])
            .args(page))?;
        same("the tags", expected, found.trim())
    }
}
