//! Looking at all there is, and at what is not there.

use serde_json::Value;

use crate::{
    both::Both,
    client::{Ask, Reply},
    reference::Repository,
    universe::{CONTENTS, MANIFESTS, NAMES, TAGS, digest},
};

impl Both {
    /// Fails unless every name there can be is answered as the model says.
    #[track_caller]
    pub(crate) fn agree(&mut self) {
        let model = self.model.clone();
        let names: Vec<&str> = model.repositories.keys().copied().collect();
        assert_eq!(self.pages("/v2/_catalog", "repositories", 1), names);
        for name in NAMES {
            let repository = model.repositories.get(name);
            self.agree_on_tags(name, repository);
            for is_sha512 in [false, true] {
                for content in CONTENTS {
                    let digest = digest(content, is_sha512);
                    let wanted = model.blob(name, &digest).map(String::as_str);
                    self.agree_on(&format!("/v2/{name}/blobs/{digest}"), wanted);
                }
                for known in MANIFESTS.iter() {
                    let digest = digest(&known.text, is_sha512);
                    let is_there = repository.is_some_and(|it| it.manifests.contains_key(&digest));
                    let wanted = is_there.then_some(known.text.as_str());
                    self.agree_on(&format!("/v2/{name}/manifests/{digest}"), wanted);
                }
            }
            self.agree_on_referrers(name);
        }
        self.agree_on_sessions();
    }

    #[track_caller]
    fn agree_on(&mut self, target: &str, wanted: Option<&str>) {
        let get = self.send(&Ask::get(target));
        let head = self.send(&Ask::head(target));
        assert_eq!(
            (get.status, &get.headers),
            (head.status, &head.headers),
            "{target}"
        );
        match wanted {
            Some(text) => assert_eq!((get.status, get.text()), (200, text), "{target}"),
            None => assert_eq!(get.status, 404, "{target}"),
        }
    }

    #[track_caller]
    fn agree_on_tags(&mut self, name: &str, repository: Option<&Repository>) {
        let list = format!("/v2/{name}/tags/list");
        let Some(repository) = repository else {
            assert_eq!(self.send(&Ask::get(&list)).status, 404, "{list}");
            return;
        };
        let tags: Vec<&str> = repository.tags.keys().copied().collect();
        for n in [1, 2, 100] {
            assert_eq!(self.pages(&list, "tags", n), tags, "{list}");
        }
        for tag in TAGS {
            let tagged = repository.tags.get(tag);
            let text = tagged.map(|digest| MANIFESTS[repository.manifests[digest]].text.as_str());
            self.agree_on(&format!("/v2/{name}/manifests/{tag}"), text);
        }
    }

    #[track_caller]
    fn agree_on_referrers(&mut self, name: &str) {
        let model = self.model.clone();
        let subjects = MANIFESTS.iter().map(|known| digest(&known.text, false));
        for subject in subjects {
            let wanted: Vec<String> = model
                .referrers(name, &subject)
                .into_iter()
                .cloned()
                .collect();
            let list = format!("/v2/{name}/referrers/{subject}");
            let shown = |reply: &Reply| -> Vec<String> {
                let json: Value = serde_json::from_slice(&reply.body).unwrap();
                let shown = json["manifests"].as_array().unwrap().iter();
                shown
                    .map(|one| one["digest"].as_str().unwrap().to_owned())
                    .collect()
            };
            assert_eq!(shown(&self.send(&Ask::get(&list))), wanted, "{list}");
            let kind = MANIFESTS[3].artifact_type.unwrap();
            let some = self.send(&Ask::get(format!("{list}?artifactType={kind}")));
            assert_eq!(shown(&some), wanted, "{list}");
            let none = self.send(&Ask::get(format!("{list}?artifactType=x/y")));
            assert!(shown(&none).is_empty(), "{list}");
        }
    }

    #[track_caller]
    fn agree_on_sessions(&mut self) {
        for (number, session) in self.model.sessions.clone().into_iter().enumerate() {
            let location = self.locations[number].clone();
            let reply = self.send(&Ask::get(&location));
            let wanted = if session.is_open(self.now) {
                let last = session.content.len().saturating_sub(1);
                (204, Some(format!("0-{last}")))
            } else {
                (404, None)
            };
            let range = reply.header("range").map(str::to_owned);
            assert_eq!((reply.status, range), wanted, "{location}");
        }
    }

    /// A whole list, gathered page by page.
    #[track_caller]
    fn pages(&mut self, list: &str, member: &str, n: usize) -> Vec<String> {
        let mut all = Vec::new();
        let mut next = Some(format!("{list}?n={n}"));
        while let Some(target) = next {
            let reply = self.send(&Ask::get(&target)).is(200);
            let json: Value = serde_json::from_slice(&reply.body).unwrap();
            let page = json[member].as_array().unwrap();
            assert!(page.len() <= n, "{target}");
            all.extend(page.iter().map(|entry| entry.as_str().unwrap().to_owned()));
            let link = reply.header("link").map(|link| {
                let link = link.strip_prefix('<').unwrap();
                link.strip_suffix(">; rel=\"next\"").unwrap().to_owned()
            });
            next = link;
        }
        all
    }
}
