//! The service in somebody's own hyper, and the log.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use registrette::{
    Config, Registry,
    serve::{Log, Options, Server, Service, SharedRegistry, Socket, service},
};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    client::{Client, End, PATIENCE, get},
    running,
};

fn start(service: Service, with_socket: bool) -> (Runtime, SocketAddr) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                if with_socket {
                    let socket = Socket::plain(stream);
                    let service = service.on(&socket);
                    drop(
                        http1::Builder::new()
                            .serve_connection(TokioIo::new(socket), service)
                            .await,
                    );
                } else {
                    drop(
                        http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service)
                            .await,
                    );
                }
            });
        }
    });
    (runtime, address)
}

#[test]
fn it_answers_with_our_socket_and_without() {
    for with_socket in [true, false] {
        let registry = SharedRegistry::new(Registry::new(Config::new(0)));
        let (_runtime, address) = start(service(registry), with_socket);
        let mut client = Client::new(address);
        let answer = client.ask("GET /v2/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assert_eq!(answer.status, 200, "nobody is refused without a guard");
        client.send("PUT /v2/app/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        assert_eq!(client.answer_to("HEAD").status, 404);
    }
}

#[test]
fn with_our_socket_an_early_answer_is_seen() {
    let registry = SharedRegistry::new(Registry::new(Config::new(0)));
    let (_runtime, address) = start(service(registry), true);
    let mut client = Client::new(address);
    client.send("PUT /v2/app/manifests/a HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n");
    client.send(vec![b' '; 8 << 20]);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
    assert_eq!(client.rest().1, End::Closed);
}

#[test]
fn every_request_is_told_to_the_log() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = {
        let lines = lines.clone();
        Log::new(move |served| lines.lock().unwrap().push(served.to_string()))
    };
    let server = running::start_with(|options| options.log = Some(log), |_| {});
    let mut client = Client::new(server.address);
    client.ask(get("/v2/?a=%0a"));
    client.ask("GET /v2/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    client.send("HEAD /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.answer_to("HEAD");
    client.send(
        "PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel",
    );
    drop(client);
    let until = Instant::now() + PATIENCE;
    while lines.lock().unwrap().len() < 4 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    let lines = lines.lock().unwrap();
    let words: Vec<Vec<&str>> = lines.iter().map(|line| line.split(' ').collect()).collect();
    assert_eq!(words[0][1..5], ["GET", "/v2/?a=%0a", "200", "2B"]);
    assert_eq!(words[1][1..4], ["GET", "/v2/", "421"]);
    assert_eq!(words[2][1..5], ["HEAD", "/v2/", "200", "0B"]);
    assert_eq!(words[3][1..3], ["PUT", "/v2/app/manifests/a"]);
    assert!(
        words[0][0].starts_with("20") && words[0][0].ends_with('Z') && words[0][5].ends_with("ms")
    );
}

#[test]
fn an_image_has_a_name_there() {
    let options = Options {
        address: ([127, 0, 0, 1], 0).into(),
        ..Options::default()
    };
    let registry = SharedRegistry::new(Registry::new(Config::new(0)));
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::bind(options, registry)).unwrap();
    let wanted = format!("{}/demo/app:v1", server.local_addr());
    assert_eq!(server.image_ref("demo/app:v1"), wanted);
}
