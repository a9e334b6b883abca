//! crane, of go-containerregistry.

use std::fs::{self, File};
use std::process::Command;

use crate::Check;
use crate::command::{refused, run, run_into};
use crate::digest::digest_of;
use crate::images::HELLO;
use crate::layout::Image;
use crate::report::{Cases, holds, same};
use crate::setting::{Setting, tools};

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let crane = Crane(setting);
    let images = setting.images;
    for (name, image) in [
        ("image", &images.image),
        ("index", &images.index),
        ("empty-layer", &images.empty),
        ("200-mib", &images.large),
    ] {
        let at = format!("{name}:v1");
        cases.case(&format!("push-{name}"), || crane.push(image, &at));
        cases.case(&format!("pull-{name}"), || crane.pull(image, &at));
    }
    cases.case("pull-blob", || crane.pull_blob());
    cases.case("export", || crane.export());
    cases.case("append-stream", || crane.append());
    cases.case("make-index", || crane.make_index());
    cases.case("copy", || {
        crane.run(&[
            "copy",
            &setting.at("image:v1"),
            &setting.at("deep/er/copy:v1"),
        ])?;
        crane.is_at(&images.image, "deep/er/copy:v1")
    });
    cases.case("copy-index", || {
        crane.run(&[
            "copy",
            &setting.at("index:v1"),
            &setting.at("deep/er/index:v1"),
        ])?;
        crane.pull(&images.index, "deep/er/index:v1")
    });
    cases.case("tag", || {
        crane.run(&["tag", &setting.at("image:v1"), "v2"])?;
        crane.is_at(&images.image, "image:v2")
    });
    cases.case("list-tags", || crane.tags("image", "v1\nv2"));
    cases.case("catalog", || {
        let expected =
            "200-mib\nappended\ndeep/er/copy\ndeep/er/index\nempty-layer\nimage\nindex\nmade";
        same(
            "the catalog",
            expected,
            crane.run(&["catalog", setting.host])?.trim(),
        )
    });
    cases.case("push-artifact", || {
        crane.push(&images.artifact, "image:sbom")?;
        // A client that meets no referrers API makes a tag of the subject's digest instead.
        crane.tags("image", "sbom\nv1\nv2")
    });
    cases.case("pull-artifact", || {
        crane.pull(&images.artifact, "image:sbom")
    });
    cases.case("delete-tag", || {
        crane.run(&["delete", &setting.at("image:v2")])?;
        crane.tags("image", "sbom\nv1")?;
        crane.is_at(&images.image, "image:v1")
    });
    cases.case("delete-manifest", || {
        crane.run(&[
            "delete",
            &setting.at(&format!("image@{}", images.image.digest())),
        ])?;
        refused(
            crane.command(&["manifest", &setting.at("image:v1")]),
            "MANIFEST_UNKNOWN",
        )
    });
}

pub(crate) fn push(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Crane(setting).push(image, name)
}

pub(crate) fn pull(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    Crane(setting).pull(image, name)
}

pub(crate) fn command(setting: &Setting<'_>, arguments: &[&str]) -> Command {
    Crane(setting).command(arguments)
}

struct Crane<'a>(&'a Setting<'a>);

impl Crane<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(tools().join("bin/crane"));
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Check<String> {
        run(self.command(arguments))
    }

    fn push(&self, image: &Image, name: &str) -> Check {
        let said = run(self.command(&["push"]).arg(&image.dir).arg(self.0.at(name)))?;
        holds("the pushed reference", &said, image.digest())?;
        self.is_at(image, name)
    }

    /// Checks digest and bytes of the manifest behind a name.
    fn is_at(&self, image: &Image, name: &str) -> Check {
        same(
            "the digest",
            image.digest(),
            self.run(&["digest", &self.0.at(name)])?.trim(),
        )?;
        let path = self.0.path("manifest");
        run_into(self.command(&["manifest", &self.0.at(name)]), &path)?;
        same(
            "the manifest's bytes",
            image.digest(),
            &digest_of(&path, image.digest())?,
        )
    }

    fn pull(&self, image: &Image, name: &str) -> Check {
        let dir = self.0.path(&name.replace(['/', ':'], "-"));
        run(self
            .command(&["pull", "--format=oci", &self.0.at(name)])
            .arg(&dir))?;
        image.same_in(&dir)
    }

    fn pull_blob(&self) -> Check {
        let path = self.0.path("blob");
        for digest in &self.0.images.image.layers {
            let name = self.0.at(&format!("image@{digest}"));
            run_into(self.command(&["blob", &name]), &path)?;
            same("the blob", digest, &digest_of(&path, digest)?)?;
        }
        Ok(())
    }

    fn export(&self) -> Check {
        let path = self.0.path("export.tar");
        run(self.command(&["export", &self.0.at("image:v1")]).arg(&path))?;
        holds(
            "the file system",
            &String::from_utf8_lossy(&fs::read(path)?),
            HELLO.1,
        )
    }

    /// Reads the layer from standard input, so that the client compresses and uploads it before it
    /// knows its length.
    fn append(&self) -> Check {
        let image = &self.0.images.image;
        let layer = image.layers.first().ok_or("no layer")?;
        let name = self.0.at("appended:v1");
        let mut append = self.command(&["append", "--oci-empty-base", "-f", "-", "-t", &name]);
        run(append.stdin(File::open(image.blob(layer))?))?;
        self.run(&["validate", "--remote", &name])?;
        Ok(())
    }

    fn make_index(&self) -> Check {
        let (image, large) = (self.0.at("image:v1"), self.0.at("200-mib:v1"));
        let name = self.0.at("made:v1");
        self.run(&["index", "append", "-t", &name, "-m", &image, "-m", &large])?;
        let manifest = self.run(&["manifest", &name])?;
        holds("the index", &manifest, self.0.images.image.digest())?;
        holds("the index", &manifest, self.0.images.large.digest())
    }

    fn tags(&self, repository: &str, expected: &str) -> Check {
        same(
            "the tags",
            expected,
            self.run(&["ls", &self.0.at(repository)])?.trim(),
        )
    }
}
