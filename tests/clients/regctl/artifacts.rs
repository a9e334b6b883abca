//! Artifacts and what they refer to.

use std::fs;

use crate::Check;
use crate::command::{refused, run};
use crate::images::SBOM;
use crate::report::{Cases, holds, same};

impl super::Regctl<'_> {
    pub(super) fn artifacts(&self, cases: &mut Cases<'_>) {
        let artifact = &self.0.images.artifact;
        cases.case("push-artifact", || {
            self.push(artifact, "image:sbom")?;
            // A client that meets no referrers API makes a tag of the subject's digest instead.
            self.tags("image", &[], "a\nsbom\nv1\nv2\nv3")
        });
        cases.case("referrers", || self.referrers());
        cases.case("make-artifact", || self.make_artifact());
        cases.case("copy-with-referrers", || {
            let (from, to) = (self.0.at("image:v1"), self.0.at("with/referrers:v1"));
            self.run(&["image", "copy", "--referrers", &from, &to])?;
            holds(
                "the referrers",
                &self.list("with/referrers:v1", &[])?,
                artifact.digest(),
            )
        });
        cases.case("delete-artifact", || {
            let name = self.0.at(&format!("image@{}", artifact.digest()));
            self.run(&["manifest", "delete", "--referrers", &name])?;
            refused(
                self.command(&["manifest", "get", &self.0.at("image:sbom")]),
                "not found",
            )?;
            lacks(&self.list("image:v1", &[])?, artifact.digest())
        });
    }

    fn referrers(&self) -> Check {
        let (image, artifact) = (&self.0.images.image, self.0.images.artifact.digest());
        holds("by tag", &self.list("image:v1", &[])?, artifact)?;
        holds(
            "by digest",
            &self.list(&format!("image@{}", image.digest()), &[])?,
            artifact,
        )?;
        holds(
            "of its type",
            &self.list("image:v1", &["--filter-artifact-type", SBOM])?,
            artifact,
        )?;
        let other = ["--filter-artifact-type", "application/vnd.example.other"];
        lacks(&self.list("image:v1", &other)?, artifact)
    }

    fn make_artifact(&self) -> Check {
        let file = self.0.path("signature.txt");
        fs::write(&file, "signed\n")?;
        let kind = "application/vnd.example.signature";
        let subject = self.0.at("image:v1");
        let options = ["--artifact-type", kind, "--subject", &subject, "--file"];
        run(self.command(&["artifact", "put"]).args(options).arg(file))?;
        let filter = ["--filter-artifact-type", kind];
        let got = run(self
            .command(&["artifact", "get", "--subject", &subject])
            .args(filter))?;
        same("the artifact", "signed\n", &got)
    }

    /// The digests of a manifest's referrers, one a line.
    fn list(&self, name: &str, filter: &[&str]) -> Check<String> {
        let format = "--format={{range .Descriptors}}{{println .Digest}}{{end}}";
        run(self
            .command(&["artifact", "list", format, &self.0.at(name)])
            .args(filter))
    }
}

fn lacks(list: &str, digest: &str) -> Check {
    if list.contains(digest) {
        return Err(format!("{digest} is listed: {list}").into());
    }
    Ok(())
}
