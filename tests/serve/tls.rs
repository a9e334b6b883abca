//! TLS with the shipped certificate.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use registrette::serve::{TimeOuts, Tls};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring,
};

use crate::{
    client::{Client, PATIENCE},
    running::{self, Running},
    tools::{Tool, run},
};

fn start() -> Running {
    running::start_with(|options| options.tls = Some(Tls::test().unwrap()), |_| {})
}

fn connect(
    server: &Running,
    name: &str,
    protocol: &str,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(Tls::TEST_CA.as_bytes()).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    StreamOwned::new(
        ClientConnection::new(Arc::new(config), name).unwrap(),
        stream,
    )
}

#[test]
fn the_test_certificate_is_good_for_this_machine() {
    let server = start();
    for name in ["localhost", "registry.localhost", "127.0.0.1", "::1"] {
        let mut stream = connect(&server, name, "http/1.1");
        stream
            .write_all(b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{name}: {said}");
    }
    let mut stream = connect(&server, "example.com", "http/1.1");
    assert!(
        stream
            .write_all(b"GET /v2/ HTTP/1.1\r\n")
            .and_then(|()| stream.flush())
            .is_err()
    );
}

#[test]
fn http2_is_offered() {
    let server = start();
    let mut stream = connect(&server, "localhost", "h2");
    stream.flush().unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
}

#[test]
fn absolute_urls_and_origins_are_https() {
    let server = running::start_with(
        |options| options.tls = Some(Tls::test().unwrap()),
        |registry| {
            let mut settings = registry.settings().clone();
            settings.quirks = registrette::spec::Profile::named("distribution")
                .unwrap()
                .quirks()
                .unwrap();
            registry.configure(settings).unwrap();
        },
    );
    let mut stream = connect(&server, "localhost", "http/1.1");
    let head = "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: localhost:1\r\nOrigin: https://localhost:1\r\n";
    stream
        .write_all(format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes())
        .unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(
        said.contains("Location: https://localhost:1/v2/app/blobs/uploads/"),
        "{said}"
    );
}

#[test]
fn a_slow_handshake_is_not_waited_for() {
    let head = Duration::from_millis(300);
    let server = running::start_with(
        |options| {
            options.tls = Some(Tls::test().unwrap());
            options.time_outs = TimeOuts {
                head,
                ..options.time_outs
            };
        },
        |_| {},
    );
    let since = Instant::now();
    drop(Client::new(server.address).rest());
    assert!(since.elapsed() >= head);
}

#[test]
fn openssl_and_curl_trust_it() {
    let server = start();
    let ca = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(ca.path(), Tls::TEST_CA).unwrap();
    let (ca, port) = (ca.path().to_str().unwrap(), server.address.port());
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{port}/v2/");
        let args = [
            "-sS",
            "-m",
            "20",
            "-4",
            "--cacert",
            ca,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code} %{http_version}",
            &url,
        ];
        if let Some(said) = run(Tool::Curl, &args) {
            assert_eq!(said, "200 2", "{host}");
        }
        let target = format!("127.0.0.1:{port}");
        let check = if host == "localhost" {
            "-verify_hostname"
        } else {
            "-verify_ip"
        };
        let args = [
            "s_client",
            "-connect",
            &target,
            "-CAfile",
            ca,
            "-verify_return_error",
            check,
            host,
        ];
        if let Some(said) = run(Tool::Openssl, &args) {
            assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
        }
    }
}
