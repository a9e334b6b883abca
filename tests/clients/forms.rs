//! Images in files: what skopeo writes is loaded here, what is written here is read by skopeo.

use std::process::Command;

use crate::Check;
use crate::command::run;
use crate::report::{Cases, holds, same};
use crate::server::Server;
use crate::setting::Setting;

pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let forms = Forms(setting);
    cases.case("files-prepare", || {
        let source = format!("oci:{}", setting.images.image.reference());
        forms.skopeo(&["--preserve-digests"], &source, &forms.remote("files:v1"))?;
        let source = format!("oci:{}", setting.images.index.reference());
        forms.skopeo(
            &["--preserve-digests", "--all"],
            &source,
            &forms.remote("files:multi"),
        )
    });
    for form in ["oci", "oci-archive", "docker-archive"] {
        cases.case(&format!("load-{form}"), || forms.load(form));
    }
    cases.case("read-folder", || forms.read("oci", "ours"));
    cases.case("read-archive", || forms.read("oci-archive", "ours.tar"));
    cases.case("read-docker-archive", || forms.read_docker());
    cases.case("read-index", || forms.read_index());
}

/// Runs the binary under test.
pub(crate) fn ours(args: &[&str]) -> Check<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registrette"));
    run(command.args(args).env("DOCKER_CONFIG", "/nowhere"))
}

struct Forms<'a>(&'a Setting<'a>);

impl Forms<'_> {
    fn remote(&self, name: &str) -> String {
        format!("docker://{}", self.0.at(name))
    }

    fn path(&self, name: &str) -> String {
        self.0.path(name).display().to_string()
    }

    fn skopeo(&self, options: &[&str], from: &str, to: &str) -> Check {
        let mut command = self.0.command("skopeo");
        command
            .arg("--insecure-policy")
            .env("TMPDIR", self.0.scratch);
        command.args(["copy", "--src-tls-verify=false", "--dest-tls-verify=false"]);
        run(command.args(options).args([from, to]))?;
        Ok(())
    }

    /// What skopeo writes in this form, a server has from the start.
    fn load(&self, form: &str) -> Check {
        let path = self.path(&format!("theirs-{form}"));
        let name = if form == "docker-archive" {
            "loaded:v1"
        } else {
            "v1"
        };
        // That form keeps no manifest: its digest is another.
        let keeps_digests = form != "docker-archive";
        let options: &[&str] = if keeps_digests {
            &["--preserve-digests"]
        } else {
            &[]
        };
        self.skopeo(
            options,
            &self.remote("files:v1"),
            &format!("{form}:{path}:{name}"),
        )?;
        let scratch = tempfile::tempdir()?;
        let given = format!("loaded={path}");
        let server = Server::with(scratch.path(), &["--load", &given])?;
        let printed = ours(&["catalog", &server.host])?;
        holds("the catalogue", &printed, "loaded:v1 ")?;
        if keeps_digests {
            holds("the catalogue", &printed, self.0.images.image.digest())?;
        }
        let pulled = format!("oci:{}:v1", self.path(&format!("pulled-{form}")));
        self.skopeo(&[], &format!("docker://{}/loaded:v1", server.host), &pulled)
    }

    fn read(&self, form: &str, name: &str) -> Check {
        let path = self.path(name);
        ours(&["copy", &self.0.at("files:v1"), &path])?;
        let to = self.path(&format!("read-{form}"));
        let from = format!("{form}:{path}:v1");
        self.skopeo(&["--preserve-digests"], &from, &format!("oci:{to}:v1"))?;
        self.0
            .images
            .image
            .same_in(self.0.path(&format!("read-{form}")).as_path())
    }

    /// An archive has what `docker load` looks for as well.
    fn read_docker(&self) -> Check {
        let path = self.path("docker.tar");
        ours(&["copy", &self.0.at("files:v1"), &path])?;
        let to = self.path("read-docker");
        self.skopeo(
            &[],
            &format!("docker-archive:{path}:files:v1"),
            &format!("oci:{to}:v1"),
        )?;
        let printed = ours(&["catalog", &to])?;
        holds("the catalogue", &printed, "read-docker:v1 ")
    }

    fn read_index(&self) -> Check {
        let path = self.path("index");
        ours(&["copy", &self.0.at("files:multi"), &path])?;
        let to = self.path("read-index");
        let options = ["--preserve-digests", "--all"];
        self.skopeo(
            &options,
            &format!("oci:{path}:multi"),
            &format!("oci:{to}:multi"),
        )?;
        self.0
            .images
            .index
            .same_in(self.0.path("read-index").as_path())?;
        let lines = |path: &str| -> Check<Vec<String>> {
            let printed = ours(&["catalog", path])?;
            Ok(printed.lines().skip(1).map(str::to_owned).collect())
        };
        same(
            "the catalogue",
            &lines(&path)?.join("\n"),
            &lines(&to)?.join("\n"),
        )
    }
}
