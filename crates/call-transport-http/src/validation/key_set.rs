//! The signing keys of issuers, as JSON Web Keys (RFC 7517).

use std::collections::BTreeMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;

/// Keys by their ids.
#[derive(Clone, Default)]
pub(super) struct KeySet {
    keys: BTreeMap<String, (Jwk, DecodingKey)>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads the keys of an issuer, except those that cannot verify an RS256 signature.
    pub(super) fn of(published: &[u8]) -> Result<Self, serde_json::Error> {
        let mut keys = BTreeMap::new();
        let published: Published = serde_json::from_slice(published)?;
        for value in published.keys {
            let Ok(jwk) = serde_json::from_value::<Jwk>(value) else { continue };
            if let (Some(name), Some(key)) = (jwk.common.key_id.clone(), key(&jwk)) {
                keys.insert(name, (jwk, key));
            }
        }
        Ok(Self { keys })
    }

    pub(super) fn get(&self, name: &str) -> Option<&DecodingKey> {
        self.keys.get(name).map(|(_, key)| key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns whether this set contains all keys of the other set.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.keys.iter().all(|(name, (jwk, _))| self.keys.get(name).is_some_and(|(own, _)| own == jwk))
    }
}

/// Length of a modulus of 2,048 bits in base64url without padding. Shorter keys are not secure.
const SHORTEST_MODULUS: usize = 342;

fn key(jwk: &Jwk) -> Option<DecodingKey> {
    let is_for_signatures = jwk.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let is_for_rs256 = jwk.common.key_algorithm.is_none_or(|algorithm| algorithm == KeyAlgorithm::RS256);
    let AlgorithmParameters::RSA(rsa) = &jwk.algorithm else { return None };
    if !is_for_signatures || !is_for_rs256 || rsa.n.len() < SHORTEST_MODULUS {
        return None;
    }
    DecodingKey::from_jwk(jwk).ok()
}
