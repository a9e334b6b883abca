//! `serve --load`.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
    time::Instant,
};

use crate::{
    process::{Server, command, end, run, text},
    world::{IMAGES, PRINTED, layout},
};

pub(crate) fn seconds(work: impl FnOnce()) -> f64 {
    let since = Instant::now();
    work();
    since.elapsed().as_secs_f64()
}

#[test]
fn each_thing_loaded_is_told_in_a_line() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    assert_eq!(run(&["catalog", &server.host]), PRINTED);
    let told = server.told();
    let loaded: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("loaded "))
        .collect();
    let names: Vec<&str> = loaded
        .iter()
        .map(|line| line.split('@').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "loaded demo/multi:v1",
            "loaded demo/single:v1",
            "loaded list:v1"
        ]
    );
}

#[test]
fn what_has_no_name_gets_one() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("My App");
    layout(r#"[{ "ref": "a:v1", "image": {} }]"#, &folder);
    // As a tool leaves it that names nothing.
    let index = fs::read_to_string(folder.join("index.json")).unwrap();
    let mut index: serde_json::Value = serde_json::from_str(&index).unwrap();
    index["manifests"][0]
        .as_object_mut()
        .unwrap()
        .remove("annotations");
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    let given = format!("a/b={}", text(&folder));
    let server = Server::start(&["--load", text(&folder), "--load", &given]);
    let printed = run(&["catalog", &server.host]);
    let names: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["a/b:latest", "", "my-app:latest", ""]);
}

#[test]
fn nothing_half_loaded_is_served() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let blobs = scratch.path().join("blobs/sha256");
    let mut largest = fs::read_dir(blobs)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let layer = largest
        .find(|path| fs::metadata(path).unwrap().len() == 2048)
        .unwrap();
    fs::write(&layer, [1; 2048]).unwrap();
    let ended = end(command(&[
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--load",
        text(scratch.path()),
    ]));
    let name = layer.file_name().unwrap().to_str().unwrap();
    assert_eq!((ended.code, ended.said.as_str()), (Some(2), ""));
    for word in [
        name,
        "content does not match its digest",
        "nothing of it was loaded",
    ] {
        assert!(
            ended.complained.contains(word),
            "{word}: {}",
            ended.complained
        );
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("layout");
    layout(IMAGES, &folder);
    let blobs = folder.join("blobs/sha256");
    let layer = fs::read_dir(blobs).unwrap().next().unwrap().unwrap().path();
    let outside = scratch.path().join("outside");
    fs::rename(&layer, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &layer).unwrap();
    let ended = end(command(&[
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--load",
        text(&folder),
    ]));
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.complained.contains("it leads out of the folder"),
        "{}",
        ended.complained
    );
    // Inside, links are as good as files.
    fs::rename(&outside, folder.join("inside")).unwrap();
    fs::remove_file(&layer).unwrap();
    std::os::unix::fs::symlink(folder.join("inside"), &layer).unwrap();
    assert_eq!(run(&["catalog", text(&folder)]), PRINTED);
}

#[test]
fn seeds_are_loaded_from_a_file() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("seeds");
    fs::write(&path, IMAGES).unwrap();
    let server = Server::start(&["--load", text(&path)]);
    assert_eq!(run(&["catalog", &server.host]), PRINTED);
    assert!(
        server.told().starts_with("loaded demo/multi:v1 sha256:"),
        "{}",
        server.told()
    );
    fs::write(&path, IMAGES.replace("files", "flies")).unwrap();
    let ended = end(command(&[
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--load",
        text(&path),
    ]));
    let wanted = "[0].index.images[0].flies: there is no such member; did you mean \"files\"?";
    assert!(ended.complained.contains(wanted), "{}", ended.complained);
}

#[test]
fn another_registry_is_loaded_from() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let other = Server::start(&["--load", text(scratch.path())]);
    let at = |image: &str| format!("http://{}/{image}", other.host);
    for (given, wanted) in [
        (at(""), PRINTED.to_owned()),
        (
            at("list"),
            PRINTED[PRINTED.find("list:v1").unwrap()..].to_owned(),
        ),
        (
            at("demo/multi:v1"),
            PRINTED[..PRINTED.find("demo/single").unwrap()].to_owned(),
        ),
    ] {
        let server = Server::start(&["--load", &given]);
        assert_eq!(run(&["catalog", &server.host]), wanted, "{given}");
    }
    let args = [
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--load",
        &at("list:nothing"),
    ];
    let ended = end(command(&args));
    assert!(
        ended.complained.contains("list:nothing: it is not there"),
        "{}",
        ended.complained
    );
}

/// An archive somewhere else: brought here, also when it breaks off on the way.
#[test]
fn an_archive_at_a_url_is_loaded() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, &scratch.path().join("layout"));
    let tar = scratch.path().join("all.tar");
    run(&["copy", text(&scratch.path().join("layout")), text(&tar)]);
    let bytes = fs::read(&tar).unwrap();
    let half = bytes.len() / 2;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap();
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for stream in listener.incoming().take(4) {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let line = lines.next().unwrap().unwrap();
            let mut range = String::new();
            for header in lines.map_while(Result::ok) {
                if header.is_empty() {
                    break;
                }
                if let Some((_, value)) = header.split_once("range: ") {
                    range = value.to_owned();
                }
            }
            let head = |status: &str, length: usize| {
                format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                )
            };
            let answer = match (line.split(' ').nth(1), range.as_str()) {
                (Some("/all.tar?token=1"), "") => {
                    [head("200 OK", bytes.len()).as_bytes(), &bytes[..half]].concat()
                }
                (Some("/all.tar?token=1"), _) => {
                    let rest = &bytes[half..];
                    [head("206 Partial Content", rest.len()).as_bytes(), rest].concat()
                }
                (Some("/page.tar"), _) => format!("{}<p>", head("200 OK", 3)).into_bytes(),
                _ => head("404 Not Found", 0).into_bytes(),
            };
            asked.push(format!("{line} {range}"));
            drop(stream.write_all(&answer));
        }
        (asked, half)
    });
    let at = |path: &str| format!("http://{host}/{path}");
    let server = Server::start(&["--load", &at("all.tar?token=1")]);
    assert_eq!(run(&["catalog", &server.host]), PRINTED);
    for (path, wanted) in [("none.tar", "404"), ("page.tar", "page.tar")] {
        let ended = end(command(&[
            "serve",
            "--addr",
            "127.0.0.1:0",
            "--load",
            &at(path),
        ]));
        assert_eq!(ended.code, Some(2), "{}", ended.complained);
        assert!(ended.complained.contains(wanted), "{}", ended.complained);
    }
    let (asked, half) = asked.join().unwrap();
    assert_eq!(
        asked[1],
        format!("GET /all.tar?token=1 HTTP/1.1 bytes={half}-")
    );
}
