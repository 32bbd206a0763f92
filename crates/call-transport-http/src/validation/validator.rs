//! Validates a token: signature, issuer, audience, times and tenant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use crate::connections::ClientError;
use crate::validation::denied::Denied;
use crate::validation::open_id::{Key, OpenId, OpenIdSettings};
use crate::validation::verified::Verified;

/// Requirements on the tokens of posts.
#[derive(Debug, Clone)]
pub struct TokenPolicy {
    /// Required audience: the application id.
    pub audience: String,
    /// Trusted issuers.
    pub issuers: Vec<String>,
    /// Allowed tenants; `None` allows any.
    pub tenants: Option<BTreeSet<String>>,
    /// Maximum difference between the clocks of issuer and receiver. Default: 5 min.
    pub leeway: Duration,
}

/// Verifies that the service sent a post, from the JSON Web Token in its header (RFC 7519).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use call_transport_http::{Denied, OpenIdSettings, ServiceUrl, TokenPolicy, TokenValidator};
///
/// // Where `callctl emulate` publishes its keys; `OpenIdSettings::default()` has the real ones.
/// let document = ServiceUrl::new("http://127.0.0.1:8080/v1/.well-known/openidconfiguration")?;
/// let keys = OpenIdSettings { documents: vec![document], ..OpenIdSettings::default() };
/// let validator = TokenValidator::new(TokenPolicy::new("<application id>"), keys)?;
/// assert_eq!(validator.validate(None).await, Err(Denied::Missing));
/// assert_eq!(validator.validate(Some("Bearer x.y.z")).await, Err(Denied::Malformed));
/// # Ok(())
/// # }
/// ```
pub struct TokenValidator {
    policy: TokenPolicy,
    validation: Validation,
    keys: Arc<OpenId>,
    verified: Verified,
}

/// Claims that the library does not validate.
#[derive(Deserialize)]
struct Claims {
    exp: u64,
    tid: Option<String>,
    #[serde(rename = "http://schemas.microsoft.com/identity/claims/tenantid")]
    tenant: Option<String>,
}

/// Maximum length of a token, in bytes. Tokens of the service have about 1,500.
const LONGEST_TOKEN: usize = 8 * 1_024;

impl TokenPolicy {
    /// Returns the policy for an application: the issuers of the service ("call notifications"), any tenant.
    #[must_use]
    pub fn new(application: &str) -> Self {
        Self {
            audience: application.to_owned(),
            issuers: vec!["https://api.botframework.com".to_owned(), "https://graph.microsoft.com".to_owned()],
            tenants: None,
            leeway: Duration::from_secs(300),
        }
    }
}

impl TokenValidator {
    /// Returns a validator. It fetches keys when it needs them.
    ///
    /// # Errors
    /// [`ClientError`] if this machine has no trusted certificates.
    pub fn new(policy: TokenPolicy, keys: OpenIdSettings) -> Result<Self, ClientError> {
        // A fixed list, so that a token cannot choose a weak algorithm.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = policy.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_audience(&[&policy.audience]);
        validation.set_issuer(&policy.issuers);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        Ok(Self { policy, validation, keys: OpenId::new(keys)?, verified: Verified::default() })
    }

    /// Validates the value of an `Authorization` header.
    ///
    /// # Errors
    /// [`Denied`] if the token is missing, invalid, or cannot be verified now.
    pub async fn validate(&self, authorization: Option<&str>) -> Result<(), Denied> {
        let (scheme, token) = authorization.and_then(|value| value.trim().split_once(' ')).ok_or(Denied::Missing)?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return Err(Denied::Missing);
        }
        if token.len() > LONGEST_TOKEN {
            return Err(Denied::Malformed);
        }
        if self.verified.has(token, self.keys.generation(), now()) {
            return Ok(());
        }
        let header = decode_header(token).map_err(|error| reason(error.kind()))?;
        if !self.validation.algorithms.contains(&header.alg) {
            return Err(Denied::Algorithm);
        }
        let name = header.kid.ok_or(Denied::UnknownKey)?;
        let mut key = self.keys.key(&name).await?;
        let mut claims = self.claims(token, &key);
        if matches!(claims, Err(Denied::Signature))
            && let Some(newer) = self.keys.newer_key(&name, &key).await
        {
            claims = self.claims(token, &newer);
            key = newer;
        }
        let claims = claims?;
        if let Some(tenants) = &self.policy.tenants
            && !claims.tid.or(claims.tenant).is_some_and(|tenant| tenants.contains(&tenant))
        {
            return Err(Denied::Tenant);
        }
        self.verified.add(token, key.generation, claims.exp.saturating_add(self.validation.leeway), now());
        Ok(())
    }

    fn claims(&self, token: &str, key: &Key) -> Result<Claims, Denied> {
        decode(token, &key.key, &self.validation).map(|data| data.claims).map_err(|error| reason(error.kind()))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is wrong with a token, it is no good one")]
fn reason(kind: &ErrorKind) -> Denied {
    match kind {
        ErrorKind::InvalidSignature => Denied::Signature,
        ErrorKind::ExpiredSignature => Denied::Expired,
        ErrorKind::ImmatureSignature => Denied::NotYetValid,
        ErrorKind::InvalidAudience => Denied::Audience,
        ErrorKind::InvalidIssuer => Denied::Issuer,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::MissingAlgorithm => {
            Denied::Algorithm
        }
        _ => Denied::Malformed,
    }
}

/// Returns the seconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "tokens end by the clock of the world")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl std::fmt::Debug for TokenValidator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenValidator").field("policy", &self.policy).finish_non_exhaustive()
    }
}
