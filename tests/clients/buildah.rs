//! buildah: builds an image from nothing, pushes it, and builds on top of what it pulls.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Check;
use crate::command::run;
use crate::containers::{self, same_files};
use crate::images::HELLO;
use crate::layout::Image;
use crate::report::{Cases, holds, same};
use crate::setting::Setting;

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let buildah = Buildah(setting);
    let images = setting.images;
    if let Err(error) = containers::trust_all(setting) {
        return cases.case("prepare", || Err(error));
    }
    cases.case("build-from-scratch", || buildah.build());
    cases.case("push-image", || buildah.push("localhost/built", "built:v1"));
    cases.case("pull-image", || buildah.pull("built:v1"));
    cases.case("commit-to-registry", || buildah.commit());
    cases.case("build-on-top", || buildah.build_on_top());
    for (name, image) in [
        ("empty-archive", &images.empty_archive),
        ("200-mib", &images.large),
    ] {
        let at = format!("{name}:v1");
        cases.case(&format!("push-{name}"), || {
            let id = containers::take_in(buildah.command(&[]), image)?;
            buildah.push(&id, &at)
        });
        cases.case(&format!("pull-{name}"), || {
            buildah.pull(&at)?;
            buildah.files(image, &at)
        });
    }
    cases.case("tag", || {
        buildah.push("localhost/built", "built:v2")?;
        buildah.pull("built:v2")
    });
    cases.case("copy", || {
        buildah.run(&[
            "pull",
            "--quiet",
            "--tls-verify=false",
            &setting.at("built:v1"),
        ])?;
        buildah.push(&setting.at("built:v1"), "deep/er/copy:v1")?;
        buildah.pull("deep/er/copy:v1")
    });
    cases.case("push-index", || buildah.push_index());
    cases.case("pull-index", || buildah.pull_index());
}

struct Buildah<'a>(&'a Setting<'a>);

impl Buildah<'_> {
    /// In the store in which images are made.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = containers::command(self.0, "buildah", "store");
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Check<String> {
        run(self.command(arguments))
    }

    /// In the store into which images are pulled, and nothing else.
    fn pulled(&self, arguments: &[&str]) -> Check<String> {
        run(containers::command(self.0, "buildah", "pulled").args(arguments))
    }

    /// An image of one file on top of nothing.
    fn build(&self) -> Check {
        let container = self.start_from_scratch()?;
        self.run(&["commit", "--quiet", "--rm", &container, "localhost/built"])?;
        Ok(())
    }

    /// The same, written into the registry straight away.
    fn commit(&self) -> Check {
        let container = self.start_from_scratch()?;
        let target = format!("docker://{}", self.0.at("committed:v1"));
        self.run(&[
            "commit",
            "--quiet",
            "--rm",
            "--tls-verify=false",
            &container,
            &target,
        ])?;
        self.pull_anew("committed:v1")?;
        self.says_hello("committed:v1")
    }

    fn start_from_scratch(&self) -> Check<String> {
        let file = self.0.path(HELLO.0);
        fs::write(&file, HELLO.1)?;
        let container = self.run(&["from", "scratch"])?.trim().to_owned();
        run(self
            .command(&["copy", "--quiet", &container])
            .arg(file)
            .arg("/"))?;
        self.run(&["config", "--label", "made.by=buildah", &container])?;
        Ok(container)
    }

    /// Builds from a file whose base image stands in the registry. Nothing is run in it.
    fn build_on_top(&self) -> Check {
        let context = self.0.path("context");
        fs::create_dir_all(&context)?;
        fs::write(context.join("more"), "and more\n")?;
        fs::write(
            context.join("Containerfile"),
            format!("FROM {}\nCOPY more /\n", self.0.at("built:v1")),
        )?;
        let name = self.0.at("top:v1");
        let options = [
            "--tls-verify=false",
            "--isolation=chroot",
            "--pull-always",
            "--tag",
            &name,
        ];
        run(self.command(&["build"]).args(options).arg(&context))?;
        self.push(&name, "top:v1")?;
        self.pull("top:v1")?;
        self.says_hello("top:v1")?;
        self.in_image("top:v1", |dir| {
            same(
                "the file on top",
                "and more\n",
                &fs::read_to_string(dir.join("more"))?,
            )
        })
    }

    /// Pushes, and keeps the digest that the client says it pushed.
    fn push(&self, from: &str, to: &str) -> Check {
        let mut push = self.command(&["push", "--quiet", "--tls-verify=false", "--digestfile"]);
        run(push
            .arg(self.digest_file(to))
            .arg(from)
            .arg(format!("docker://{}", self.0.at(to))))?;
        Ok(())
    }

    /// Pulls into an empty store, and checks the digest.
    fn pull(&self, name: &str) -> Check {
        let digest = fs::read_to_string(self.digest_file(name))?;
        self.pull_anew(name)?;
        let found = self.pulled(&[
            "images",
            "--noheading",
            "--format={{.Digest}}",
            &self.0.at(name),
        ])?;
        same("the digest", &digest, found.trim())
    }

    fn pull_anew(&self, name: &str) -> Check {
        self.pulled(&["rmi", "--all", "--force"])?;
        self.pulled(&["pull", "--quiet", "--tls-verify=false", &self.0.at(name)])?;
        Ok(())
    }

    fn digest_file(&self, name: &str) -> PathBuf {
        self.0
            .path(&format!("digest-{}", name.replace(['/', ':'], "-")))
    }

    fn says_hello(&self, name: &str) -> Check {
        self.in_image(name, |dir| {
            same("the file", HELLO.1, &fs::read_to_string(dir.join(HELLO.0))?)
        })
    }

    fn files(&self, image: &Image, name: &str) -> Check {
        self.in_image(name, |dir| same_files(image, dir))
    }

    /// Looks into an image, by way of a container that is never started.
    fn in_image(&self, name: &str, look: impl FnOnce(&Path) -> Check) -> Check {
        let container = self.pulled(&["from", "--quiet", "--pull-never", &self.0.at(name)])?;
        let dir = self.pulled(&["mount", container.trim()])?;
        let seen = look(Path::new(dir.trim()));
        self.pulled(&["rm", container.trim()])?;
        seen
    }

    fn push_index(&self) -> Check {
        self.run(&["manifest", "create", "list"])?;
        let index = format!("oci:{}", self.0.images.index.reference());
        self.run(&["manifest", "add", "--all", "list", &index])?;
        let target = format!("docker://{}", self.0.at("index:v1"));
        self.run(&[
            "manifest",
            "push",
            "--all",
            "--tls-verify=false",
            "list",
            &target,
        ])?;
        Ok(())
    }

    /// Pulls one platform of the index, and then the other.
    fn pull_index(&self) -> Check {
        for architecture in ["amd64", "arm64"] {
            self.pulled(&["rmi", "--all", "--force"])?;
            let name = self.0.at("index:v1");
            self.pulled(&[
                "pull",
                "--quiet",
                "--tls-verify=false",
                "--arch",
                architecture,
                &name,
            ])?;
            let said = self.pulled(&[
                "inspect",
                "--type=image",
                "--format={{.OCIv1.Architecture}}",
                &name,
            ])?;
            holds("the architecture", &said, architecture)?;
            self.says_hello("index:v1")?;
        }
        Ok(())
    }
}
