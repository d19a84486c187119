//! Certificates that are made for a test, and for nobody else.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use std::fs;
use std::path::Path;

/// Who vouches for certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, both in PEM.
#[derive(Clone)]
pub struct Pair {
    /// The certificate.
    pub chain: String,
    /// Its private key, PKCS #8.
    pub key: String,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one, with a key of its own.
    ///
    /// # Panics
    /// When there is no randomness.
    pub fn new() -> Self {
        let mut parameters = CertificateParams::new([]).expect("no names are good names");
        parameters.distinguished_name = called("an authority of the tests");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("randomness");
        Self(CertifiedIssuer::self_signed(parameters, key).expect("the key fits"))
    }

    /// Its own certificate, for those who are to trust it.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a server of these names. Its key is ECDSA on P-256.
    ///
    /// # Panics
    /// When one is no name.
    pub fn issue(&self, names: &[&str]) -> Pair {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = CertificateParams::new(names).expect("names of servers");
        parameters.distinguished_name = called("a server of the tests");
        parameters.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("randomness");
        let certificate = parameters.signed_by(&key, &self.0).expect("the key fits");
        Pair { chain: certificate.pem(), key: key.serialize_pem() }
    }
}

/// A server that is called as its authority is looks as if it had signed itself.
fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

impl Pair {
    /// Puts `tls.crt` and `tls.key` into a folder, each in one step, in the place of those that are there.
    ///
    /// # Panics
    /// When it cannot be written to.
    pub fn put_into(&self, folder: &Path) {
        for (name, text) in [("tls.crt", &self.chain), ("tls.key", &self.key)] {
            let draft = folder.join(format!("{name}.draft"));
            fs::write(&draft, text).expect("the folder is ours");
            fs::rename(&draft, folder.join(name)).expect("the folder is ours");
        }
    }
}
