//! Damage, as a table: a message names the entry and what was expected, and nothing is loaded.

use registrette::{
    content::Sha2,
    spec::{Algorithm, Digest, Reference, Tag},
};

use crate::world::{Memory, layout, loaded, name, open, seeded, tree};

const TABLE: &str = include_str!("damaged.txt");

/// The forms, and the digests of the one image in them.
struct Whole {
    layout: Memory,
    saved: Memory,
    tree: Memory,
    words: Vec<(&'static str, String)>,
}

fn whole() -> Whole {
    let registry = seeded(br#"[{ "ref": "demo/app:v1", "image": { "files": { "a": "1" } } }]"#);
    let (mut layout, tree) = (layout(&registry), tree(&registry));
    // Without it, what is no layout is nothing else either.
    layout.0.remove("manifest.json");
    let repository = registry.store().repository(&name("demo/app")).unwrap();
    let tag = Reference::Tag(Tag::parse("v1").unwrap());
    let (manifest, stored) = repository.resolve(&tag).unwrap();
    let config = stored.config.clone().unwrap();
    let mut blobs = repository.blobs().map(|(digest, _)| digest);
    let layer = blobs.find(|digest| **digest != config).unwrap();
    let hex = |digest: &Digest| digest.hex();
    let bytes = |digest: &Digest| layout.0[&format!("blobs/sha256/{}", digest.hex())].clone();
    let listed = format!(
        r#"[{{"Config":"{}.json","RepoTags":["demo/app:v1"],"Layers":["layer.tar"]}}]"#,
        hex(&config)
    );
    let saved = Memory(
        [
            ("manifest.json".to_owned(), listed.into_bytes()),
            (format!("{}.json", hex(&config)), bytes(&config)),
            ("layer.tar".to_owned(), bytes(layer)),
        ]
        .into(),
    );
    let (size, length) = (stored.bytes.len(), repository.blob(layer).unwrap().len());
    let words = vec![
        ("{size}", size.to_string()),
        ("{more}", (size + 1).to_string()),
        ("{length}", length.to_string()),
        ("{longer}", (length + 1).to_string()),
        ("{manifest}", hex(manifest)),
        ("{config}", hex(&config)),
        ("{layer}", hex(layer)),
        ("{ma}", hex(manifest)[..2].to_owned()),
        ("{la}", hex(layer)[..2].to_owned()),
    ];
    Whole {
        layout,
        saved,
        tree,
        words,
    }
}

/// Makes a change, and says what the digest of the changed file is.
fn change(files: &mut Memory, change: &str) -> String {
    let (verb, rest) = change.split_at(1);
    let rest = rest.trim_start();
    let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
    match verb {
        "=" => drop(files.0.insert(path.to_owned(), text.as_bytes().to_vec())),
        "-" => drop(files.0.remove(path).expect(path)),
        "+" => files.0.get_mut(path).expect(path).push(0),
        "~" => *files.0.get_mut(path).expect(path).last_mut().unwrap() ^= 1,
        _ => panic!("{change}"),
    }
    let bytes = files.0.get(path).map_or(&[][..], Vec::as_slice);
    Sha2::digest(Algorithm::Sha256, bytes).to_string()
}

#[test]
fn damage_is_told_and_nothing_is_loaded() {
    let whole = whole();
    let rows = TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut faults = Vec::new();
    for row in rows {
        let mut filled = row.to_owned();
        for (word, digest) in &whole.words {
            filled = filled.replace(word, digest);
        }
        let (form, rest) = filled.split_once("; ").expect(row);
        let (damage, wanted) = rest.split_once("; ").expect(row);
        let mut files = match form {
            "layout" => &whole.layout,
            "saved" => &whole.saved,
            _ => &whole.tree,
        }
        .clone();
        assert!(
            open(files.clone()).and_then(|shelf| loaded(&shelf)).is_ok(),
            "{form}"
        );
        let other = change(&mut files, damage);
        let wanted = wanted.replace("{other}", &other);
        let told = match open(files).and_then(|shelf| loaded(&shelf)) {
            Ok(_) => "nothing".to_owned(),
            Err(fault) => fault.to_string(),
        };
        if !told.contains(&wanted) {
            faults.push(format!("{row}\ntold {told}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_folder_without_images_is_told() {
    let files = Memory([("a.txt".to_owned(), Vec::new())].into());
    let told = open(files).unwrap_err().to_string();
    assert!(
        told.starts_with("there are no images here; expected an OCI layout"),
        "{told}"
    );
}
