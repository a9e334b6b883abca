//! TLS, by rustls.

use std::{fmt, sync::Arc};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

/// A certificate and its key.
///
/// ```
/// use registrette::serve::Tls;
///
/// assert!(Tls::from_pem(b"", b"").unwrap_err().contains("certificate"));
/// Tls::test()?;
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// The CA that [`Tls::test`] is signed by, as PEM. Public: to be trusted in tests, nowhere else.
    pub const TEST_CA: &str = include_str!("test-ca.pem");

    /// A certificate, with those of its signers after it, and its key, both PEM.
    ///
    /// # Errors
    /// A sentence that says what is wrong with them.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, String> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|fault| format!("the certificate cannot be read: {fault}"))?;
        if certificates.is_empty() {
            return Err("there is no certificate in the file; it should be PEM".to_owned());
        }
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|fault| format!("the key cannot be read: {fault}"))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(certificates, key)
            })
            .map_err(|fault| format!("certificate and key cannot be used: {fault}"))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The shipped certificate for `localhost`, `*.localhost`, `127.0.0.1` and `::1`. Everybody has its key.
    ///
    /// # Errors
    /// None, unless the crate was put together wrongly.
    pub fn test() -> Result<Self, String> {
        Self::from_pem(
            include_bytes!("test-leaf.pem"),
            include_bytes!("test-leaf.key"),
        )
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.0
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}
