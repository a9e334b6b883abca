//! The operations.

use proptest::{prelude::*, sample::select};

use crate::universe::{CONTENTS, MANIFESTS, NAMES, TAGS};

type Name = &'static str;
type Text = &'static str;

/// How a blob is pushed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// All with the POST.
    Post,
    /// All with the closing PUT.
    Put,
    /// One PATCH without a range, and a PUT of nothing.
    Patch,
    /// Two chunks with ranges, each once in the wrong place, the second with the PUT.
    Chunks,
}

/// What names a manifest when it is pushed.
#[derive(Clone, Debug)]
pub(crate) enum By {
    Tag(Text),
    Digest { is_sha512: bool, tags: Vec<Text> },
    WrongDigest,
}

/// One thing that is done. Sessions and manifests are named by their number.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Blob {
        name: Name,
        content: Text,
        way: Way,
        is_sha512: bool,
        is_wrong: bool,
    },
    Mount {
        name: Name,
        content: Text,
        from: Option<Name>,
    },
    DeleteBlob {
        name: Name,
        content: Text,
    },
    Manifest {
        name: Name,
        number: usize,
        by: By,
    },
    /// All that a manifest needs, then the manifest.
    Whole {
        name: Name,
        number: usize,
        tag: Text,
    },
    DeleteManifest {
        name: Name,
        number: usize,
    },
    DeleteTag {
        name: Name,
        tag: Text,
    },
    Open {
        name: Name,
    },
    Chunk {
        session: usize,
        content: Text,
        offset: Option<usize>,
    },
    Close {
        session: usize,
        content: Text,
        is_wrong: bool,
    },
    Cancel {
        session: usize,
    },
    Wait {
        minutes: u64,
    },
    Tick,
}

/// Any sequence of operations.
pub(crate) fn ops(most: usize) -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec(op(), 0..most)
}

fn op() -> impl Strategy<Value = Op> {
    let (name, text) = (|| select(&NAMES[..]), || select(&CONTENTS[..]));
    let session = || 0..6_usize;
    prop_oneof![
        6 => blob(),
        2 => (name(), text(), proptest::option::of(name()))
            .prop_map(|(name, content, from)| Op::Mount { name, content, from }),
        2 => (name(), text()).prop_map(|(name, content)| Op::DeleteBlob { name, content }),
        6 => (name(), 0..MANIFESTS.len(), by())
            .prop_map(|(name, number, by)| Op::Manifest { name, number, by }),
        4 => (name(), 0..MANIFESTS.len(), select(&TAGS[..]))
            .prop_map(|(name, number, tag)| Op::Whole { name, number, tag }),
        3 => (name(), 0..MANIFESTS.len())
            .prop_map(|(name, number)| Op::DeleteManifest { name, number }),
        2 => (name(), select(&TAGS[..])).prop_map(|(name, tag)| Op::DeleteTag { name, tag }),
        2 => name().prop_map(|name| Op::Open { name }),
        3 => (session(), text(), proptest::option::of(0..20_usize))
            .prop_map(|(session, content, offset)| Op::Chunk { session, content, offset }),
        1 => (session(), text(), any::<bool>())
            .prop_map(|(session, content, is_wrong)| Op::Close { session, content, is_wrong }),
        1 => session().prop_map(|session| Op::Cancel { session }),
        1 => (0..70_u64).prop_map(|minutes| Op::Wait { minutes }),
        1 => Just(Op::Tick),
    ]
}

fn blob() -> impl Strategy<Value = Op> {
    let way = select(&[Way::Post, Way::Put, Way::Patch, Way::Chunks][..]);
    let wrong = prop_oneof![5 => Just(false), 1 => Just(true)];
    (
        select(&NAMES[..]),
        select(&CONTENTS[..]),
        way,
        any::<bool>(),
        wrong,
    )
        .prop_map(|(name, content, way, is_sha512, is_wrong)| Op::Blob {
            name,
            content,
            way,
            is_sha512: is_sha512 && !is_wrong,
            is_wrong,
        })
}

fn by() -> impl Strategy<Value = By> {
    let tag = || select(&TAGS[..]);
    prop_oneof![
        4 => tag().prop_map(By::Tag),
        2 => (any::<bool>(), proptest::collection::vec(tag(), 0..3))
            .prop_map(|(is_sha512, tags)| By::Digest { is_sha512, tags }),
        1 => Just(By::WrongDigest),
    ]
}
