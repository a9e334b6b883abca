//! podman, without a daemon and with a store of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Check;
use crate::command::{refused, run};
use crate::containers::{self, same_files};
use crate::layout::Image;
use crate::report::{Cases, holds, same};
use crate::setting::Setting;

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let podman = Podman(setting);
    let images = setting.images;
    if let Err(error) = containers::trust_all(setting) {
        return cases.case("prepare", || Err(error));
    }
    for (name, image) in [
        ("image", &images.image),
        ("empty-layer", &images.empty),
        ("empty-archive", &images.empty_archive),
    ] {
        let at = format!("{name}:v1");
        cases.case(&format!("push-{name}"), || {
            podman.push_layout(image, &at, &[])
        });
        cases.case(&format!("pull-{name}"), || podman.pull(image, &at));
    }
    // The layer is in no other image: what is there already, the client takes as it is.
    cases.case("push-200-mib-zstd", || {
        podman.push_layout(&images.large, "zstd:v1", &["--compression-format=zstd"])
    });
    cases.case("pull-200-mib-zstd", || podman.pull_zstd());
    cases.case("push-docker-format", || {
        podman.push_layout(&images.image, "docker:v1", &["--format=v2s2"])?;
        podman.pull_anew("docker:v1")?;
        same_files(
            &images.image,
            Path::new(podman.mounted("docker:v1")?.trim()),
        )
    });
    cases.case("pull-by-digest", || podman.pull_by_digest());
    cases.case("copy", || {
        podman.pull_anew("image:v1")?;
        podman.push("image:v1", "deep/er/copy:v1", &[])?;
        podman.pull(&images.image, "deep/er/copy:v1")
    });
    cases.case("tag", || {
        podman.pull_anew("image:v1")?;
        podman.push("image:v1", "image:v2", &[])?;
        podman.pull(&images.image, "image:v2")
    });
    cases.case("list-tags", || {
        let said = podman.run(&[
            "search",
            "--tls-verify=false",
            "--list-tags",
            &setting.at("image"),
        ])?;
        // Below a line of headings, each with the repository in front.
        let tags: Vec<&str> = said
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().last())
            .collect();
        same("the tags", "v1 v2", &tags.join(" "))
    });
    cases.case("catalog", || {
        let said = podman.run(&[
            "search",
            "--tls-verify=false",
            "--format={{.Name}}",
            &setting.at(""),
        ])?;
        let names = [
            "deep/er/copy",
            "docker",
            "empty-archive",
            "empty-layer",
            "image",
            "zstd",
        ];
        names
            .iter()
            .try_for_each(|name| holds("the catalog", &said, &setting.at(name)))
    });
    cases.case("push-index", || podman.push_index());
    cases.case("pull-index", || podman.pull_index());
    cases.case("unknown-is-refused", || {
        let name = setting.at("image:none");
        refused(
            podman.command(&["pull", "--tls-verify=false", &name]),
            "manifest unknown",
        )
    });
}

pub(crate) fn push(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    containers::trust_all(setting)?;
    Podman(setting).push_layout(image, name, &[])
}

pub(crate) fn pull(setting: &Setting<'_>, image: &Image, name: &str) -> Check {
    containers::trust_all(setting)?;
    let id = Podman(setting).pull_anew(name)?;
    same(
        "the image's id",
        &image.config,
        &format!("sha256:{}", id.trim()),
    )
}

struct Podman<'a>(&'a Setting<'a>);

impl Podman<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = containers::command(self.0, "podman", "store");
        command
            .args([
                "--events-backend=none",
                "--cgroup-manager=cgroupfs",
                "--tmpdir",
            ])
            .arg(self.0.path("tmp"));
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Check<String> {
        run(self.command(arguments))
    }

    /// Takes an image in from its layout and pushes it. The layers are compressed on the way.
    fn push_layout(&self, image: &Image, to: &str, options: &[&str]) -> Check {
        let id = containers::take_in(self.command(&[]), image)?;
        let name = self.0.at("taken:in");
        self.run(&["tag", &id, &name])?;
        self.push("taken:in", to, options)
    }

    /// Pushes, and keeps the digest that the client says it pushed.
    fn push(&self, name: &str, to: &str, options: &[&str]) -> Check {
        let mut push = self.command(&["push", "--tls-verify=false", "--digestfile"]);
        run(push
            .arg(self.digest_file(to))
            .args(options)
            .args([self.0.at(name), self.0.at(to)]))?;
        Ok(())
    }

    /// Pulls into an empty store, and checks digest and files.
    fn pull(&self, image: &Image, name: &str) -> Check {
        let id = self.pull_anew(name)?;
        // An image's id is the digest of its configuration, which the push leaves as it was.
        same(
            "the image's id",
            &image.config,
            &format!("sha256:{}", id.trim()),
        )?;
        let digest = self.run(&["image", "inspect", "--format={{.Digest}}", &self.0.at(name)])?;
        same(
            "the digest",
            &fs::read_to_string(self.digest_file(name))?,
            digest.trim(),
        )?;
        same_files(image, Path::new(self.mounted(name)?.trim()))
    }

    fn pull_anew(&self, name: &str) -> Check<String> {
        self.run(&["rmi", "--all", "--force"])?;
        self.run(&["pull", "--quiet", "--tls-verify=false", &self.0.at(name)])
    }

    fn mounted(&self, name: &str) -> Check<String> {
        self.run(&["image", "mount", &self.0.at(name)])
    }

    fn digest_file(&self, name: &str) -> PathBuf {
        self.0
            .path(&format!("digest-{}", name.replace(['/', ':'], "-")))
    }

    fn pull_zstd(&self) -> Check {
        let image = &self.0.images.large;
        self.pull(image, "zstd:v1")?;
        let id = image.config.trim_start_matches("sha256:");
        let manifest = self.0.path("store/vfs-images").join(id).join("manifest");
        holds(
            "the pulled manifest",
            &fs::read_to_string(manifest)?,
            "tar+zstd",
        )
    }

    fn pull_by_digest(&self) -> Check {
        let digest = fs::read_to_string(self.digest_file("image:v1"))?;
        self.pull_anew(&format!("image@{digest}"))?;
        Ok(())
    }

    fn push_index(&self) -> Check {
        let list = self.0.at("list:made");
        self.run(&["manifest", "create", &list])?;
        let index = format!("oci:{}", self.0.images.index.reference());
        self.run(&["manifest", "add", "--all", &list, &index])?;
        let target = format!("docker://{}", self.0.at("index:v1"));
        self.run(&[
            "manifest",
            "push",
            "--all",
            "--tls-verify=false",
            &list,
            &target,
        ])?;
        Ok(())
    }

    /// Pulls one platform of the index, and then the other.
    fn pull_index(&self) -> Check {
        for architecture in ["amd64", "arm64"] {
            self.run(&["rmi", "--all", "--force"])?;
            let name = self.0.at("index:v1");
            self.run(&[
                "pull",
                "--quiet",
                "--tls-verify=false",
                "--arch",
                architecture,
                &name,
            ])?;
            let found = self.run(&["image", "inspect", "--format={{.Architecture}}", &name])?;
            same("the architecture", architecture, found.trim())?;
            let file = Path::new(self.mounted("index:v1")?.trim()).join(architecture);
            if !file.exists() {
                return Err(format!("{} is missing", file.display()).into());
            }
        }
        Ok(())
    }
}
