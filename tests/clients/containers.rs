//! What podman and buildah have in common: the library under both, and its stores.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Check;
use crate::command::run;
use crate::digest::digest_of;
use crate::layout::{Image, TAG};
use crate::setting::Setting;

/// A command with stores of its own, unpacked by copying: that works wherever files can be written.
pub(crate) fn command(setting: &Setting<'_>, program: &str, store: &str) -> Command {
    let mut command = setting.command(program);
    command
        .arg("--root")
        .arg(setting.path(store))
        .arg("--runroot")
        .arg(setting.path("run"))
        .args(["--storage-driver", "vfs"])
        .env("TMPDIR", setting.scratch);
    command
}

/// Takes an image from its layout into the store of `command`, and returns its id.
pub(crate) fn take_in(mut command: Command, image: &Image) -> Check<String> {
    // From the folder above: the path becomes the image's name, and names have no capitals.
    let (above, name) = image
        .dir
        .parent()
        .zip(image.dir.file_name())
        .ok_or("the layout has no folder")?;
    let source = format!("oci:{}:{TAG}", name.display());
    let id = run(command
        .current_dir(above)
        .args(["pull", "--quiet", &source]))?;
    Ok(id.trim().to_owned())
}

/// Lets images without signatures in, whatever the machine's own policy says.
pub(crate) fn trust_all(setting: &Setting<'_>) -> Check {
    let dir = setting.path(".config/containers");
    fs::create_dir_all(&dir)?;
    fs::write(
        dir.join("policy.json"),
        r#"{"default": [{"type": "insecureAcceptAnything"}]}"#,
    )?;
    Ok(())
}

/// Checks that an unpacked image has each file with the bytes that its layers had.
pub(crate) fn same_files(image: &Image, unpacked: &Path) -> Check {
    for (name, digest) in &image.files {
        let found = digest_of(&unpacked.join(name), digest)?;
        if found != *digest {
            return Err(format!("{name} came back with the bytes of {found}").into());
        }
    }
    Ok(())
}
