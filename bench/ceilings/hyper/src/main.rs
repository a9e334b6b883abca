//! The ceiling of hyper 1.x on tokio's multi-thread runtime: see ../README.md.
//! With `copy` as second argument an upload's bytes are also kept, as an in-memory registry must:
//! in one buffer that starts with the first request's Content-Length.
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock, Mutex};

#[derive(Default)]
struct Upload {
    hash: Sha256,
    kept: Vec<u8>,
}

struct State {
    /// Made when first asked for, so that cold start and idle RSS are floors.
    buf: LazyLock<Bytes>,
    keep: bool,
    uploads: Mutex<Uploads>,
}

#[derive(Default)]
struct Uploads {
    last: u64,
    open: HashMap<String, Upload>,
    done: HashMap<String, Upload>,
}

async fn handle(
    st: Arc<State>,
    req: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = req.uri().path();
    let res = match *req.method() {
        Method::GET => match path.strip_prefix("/bytes/") {
            Some(n) => Response::new(Full::new(st.buf.slice(..n.parse::<usize>().unwrap_or(0)))),
            None => Response::new(Full::new(Bytes::from_static(b"{}"))),
        },
        Method::POST => {
            let mut uploads = st.uploads.lock().unwrap();
            uploads.last += 1;
            let id = format!("/up/{}", uploads.last);
            uploads.open.insert(id.clone(), Upload::default());
            Response::builder()
                .status(202)
                .header("Location", id)
                .body(Full::default())
                .unwrap()
        }
        _ => {
            let put = req.method() == Method::PUT;
            let id = path.to_owned();
            let mut up = st
                .uploads
                .lock()
                .unwrap()
                .open
                .remove(&id)
                .unwrap_or_default();
            let len = req
                .headers()
                .get("content-length")
                .and_then(|v| v.to_str().ok()?.parse().ok())
                .unwrap_or(0usize);
            if st.keep && up.kept.capacity() == 0 {
                up.kept = Vec::with_capacity(len);
            }
            let mut body = req.into_body();
            while let Some(Ok(f)) = body.frame().await {
                if let Ok(d) = f.into_data() {
                    up.hash.update(&d);
                    if st.keep {
                        up.kept.extend_from_slice(&d);
                    }
                }
            }
            if put {
                let hex: String = std::mem::take(&mut up.hash)
                    .finalize()
                    .iter()
                    .map(|b| format!("{b:02x}"))
                    .collect();
                let digest = format!("sha256:{hex}");
                if st.keep {
                    st.uploads.lock().unwrap().done.insert(digest.clone(), up);
                }
                Response::builder()
                    .status(201)
                    .header("Docker-Content-Digest", digest)
                    .body(Full::default())
                    .unwrap()
            } else {
                st.uploads.lock().unwrap().open.insert(id.clone(), up);
                Response::builder()
                    .status(202)
                    .header("Location", id)
                    .body(Full::default())
                    .unwrap()
            }
        }
    };
    Ok(res)
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().and_then(|p| p.parse().ok()).expect("PORT");
    let keep = args.next().as_deref() == Some("copy");
    let state = Arc::new(State {
        buf: LazyLock::new(|| vec![7u8; 100 << 20].into()),
        keep,
        uploads: Default::default(),
    });
    let l = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .expect("bind");
    loop {
        let Ok((s, _)) = l.accept().await else {
            continue;
        };
        let _ = s.set_nodelay(true);
        let state = state.clone();
        tokio::spawn(async move {
            let svc = service_fn(move |r| handle(state.clone(), r));
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(s), svc)
                .await;
        });
    }
}
