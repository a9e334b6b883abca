//! Single blobs, and uploads in pieces.

use std::fs::File;

use crate::Check;
use crate::command::{refused, run, run_into};
use crate::digest::digest_of;
use crate::layout::Image;
use crate::report::{Cases, same};
use crate::setting::tools;

impl super::Regctl<'_> {
    pub(super) fn blobs(&self, cases: &mut Cases<'_>) {
        let images = self.0.images;
        cases.case("push-in-chunks", || self.push_in_chunks());
        cases.case("push-blob", || self.push_blobs(&images.image));
        cases.case("push-blob-sha512", || self.push_blobs(&images.sha512));
        cases.case("mount-blob", || self.mount_blob());
        cases.case("delete-blob", || self.delete_blob());
    }

    /// Uploads the layers in pieces whose size is a prime number of bytes.
    fn push_in_chunks(&self) -> Check {
        let config = self.0.path("chunks.json");
        let regctl = |arguments: &[&str]| {
            let mut command = self.0.command(tools().join("bin/regctl"));
            command.env("REGCTL_CONFIG", &config).args(arguments);
            run(command)
        };
        let chunks = ["--tls=disabled", "--blob-chunk=65537", "--blob-max=65537"];
        regctl(
            &[
                &["registry", "set", "--skip-check", self.0.host],
                &chunks[..],
            ]
            .concat(),
        )?;
        let image = &self.0.images.image;
        let source = format!("ocidir://{}", image.reference());
        regctl(&["image", "copy", &source, &self.0.at("chunks:v1")])?;
        self.pull(image, "chunks:v1")
    }

    fn push_blobs(&self, image: &Image) -> Check {
        for digest in &image.layers {
            let mut put = self.command(&["blob", "put", "--digest", digest, &self.0.at("blobs")]);
            let said = run(put.stdin(File::open(image.blob(digest))?))?;
            same("the digest", digest, said.trim())?;
            let path = self.0.path("blob");
            run_into(
                self.command(&["blob", "get", &self.0.at("blobs"), digest]),
                &path,
            )?;
            same("the blob", digest, &digest_of(&path, digest)?)?;
        }
        Ok(())
    }

    fn mount_blob(&self) -> Check {
        let layer = self.0.images.large.layers.first().ok_or("no layer")?;
        self.run(&[
            "blob",
            "copy",
            &self.0.at("200-mib"),
            &self.0.at("blobs"),
            layer,
        ])?;
        self.run(&["blob", "head", &self.0.at("blobs"), layer])?;
        Ok(())
    }

    fn delete_blob(&self) -> Check {
        let layer = self.0.images.large.layers.first().ok_or("no layer")?;
        self.run(&["blob", "delete", &self.0.at("blobs"), layer])?;
        refused(
            self.command(&["blob", "head", &self.0.at("blobs"), layer]),
            "not found",
        )?;
        // The repository it was mounted from keeps it.
        self.run(&["blob", "head", &self.0.at("200-mib"), layer])?;
        Ok(())
    }
}
