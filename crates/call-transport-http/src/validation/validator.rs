//! Validates a token: signature, issuer, audience, times and tenant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_msgraph::internal::Shown;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use crate::connections::ClientError;
use crate::validation::denied::Denied;
use crate::validation::open_id::{Key, KeysUnavailable, OpenId, OpenIdSettings};
use crate::validation::verified::Verified;

/// Requirements on the tokens of posts.
#[derive(Debug, Clone)]
pub struct TokenPolicy {
    /// Required audience: the application id. A GUID may be written in any case.
    pub audience: String,
    /// Trusted issuers.
    pub issuers: Vec<String>,
    /// Allowed tenants; `None` allows any. A GUID may be written in any case.
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

/// Claims that the library does not validate, or not as the service writes them.
#[derive(Deserialize)]
struct Claims {
    exp: u64,
    /// A single text: the library would also accept a list with a trusted issuer.
    #[serde(rename = "iss")]
    _issuer: String,
    aud: Audiences,
    tid: Option<String>,
    #[serde(rename = "http://schemas.microsoft.com/identity/claims/tenantid")]
    tenant: Option<String>,
}

/// The long name of the claim with the tenant.
const TENANT: &str = "http://schemas.microsoft.com/identity/claims/tenantid";

/// What a token says about itself.
pub(crate) struct Claimed {
    pub(crate) key_id: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) tenant: Option<String>,
}

/// Maximum length of a claim in a log, in bytes.
const LONGEST_SHOWN: usize = 200;

/// The audience of a token: one or several (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
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
    /// Returns a validator. It fetches keys when it needs them; with [`keep_keys`](Self::keep_keys) it has them before.
    ///
    /// # Errors
    /// [`ClientError`] if this machine has no trusted certificates.
    pub fn new(policy: TokenPolicy, keys: OpenIdSettings) -> Result<Self, ClientError> {
        // A fixed list, so that a token cannot choose a weak algorithm.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = policy.leeway.as_secs();
        validation.validate_nbf = true;
        // The library does not know that GUIDs have no case.
        validation.validate_aud = false;
        validation.set_issuer(&policy.issuers);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        Ok(Self { policy, validation, keys: OpenId::new(keys)?, verified: Verified::default() })
    }

    /// Fetches the signing keys now, and again before they expire, without end. Spawn it beside the webhook.
    pub async fn keep_keys(&self) {
        self.keys.keep().await;
    }

    /// Fetches the signing keys now.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if those of a document are still missing.
    pub async fn fetch_keys(&self) -> Result<(), KeysUnavailable> {
        self.keys.fetch_now().await
    }

    /// Returns whether the signing keys of each document have been fetched, so that a token can be validated.
    ///
    /// # Errors
    /// [`KeysUnavailable`] names the documents whose keys are missing.
    pub fn keys(&self) -> Result<(), KeysUnavailable> {
        self.keys.state()
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
        if header.crit.is_some() {
            return Err(Denied::Critical);
        }
        if !self.validation.algorithms.contains(&header.alg) {
            return Err(Denied::Algorithm);
        }
        let name = header.kid.ok_or(Denied::Malformed)?;
        let mut key = self.keys.key(&name).await?;
        let mut claims = self.claims(token, &key);
        if matches!(claims, Err(Denied::Signature))
            && let Some(newer) = self.keys.newer_key(&name, &key).await
        {
            claims = self.claims(token, &newer);
            key = newer;
        }
        let claims = claims?;
        if !claims.aud.any(|audience| is_same_id(audience, &self.policy.audience)) {
            return Err(Denied::Audience);
        }
        if let Some(tenants) = &self.policy.tenants
            && !claims.tid.or(claims.tenant).is_some_and(|tenant| tenants.iter().any(|one| is_same_id(one, &tenant)))
        {
            return Err(Denied::Tenant);
        }
        self.verified.add(token, key.generation, claims.exp.saturating_add(self.validation.leeway), now());
        Ok(())
    }

    pub(crate) const fn policy(&self) -> &TokenPolicy {
        &self.policy
    }

    /// Returns what a token says about itself, for a log. Nothing of it has been verified.
    pub(crate) fn claimed(authorization: Option<&str>) -> Claimed {
        let token = authorization.and_then(|value| value.trim().rsplit(' ').next()).unwrap_or_default();
        let mut parts = token.split('.').map(|part| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok().filter(|_| token.len() <= LONGEST_TOKEN)?;
            serde_json::from_slice::<Value>(&bytes).ok()
        });
        let (header, claims) = (parts.next().flatten().unwrap_or_default(), parts.next().flatten().unwrap_or_default());
        let text = |value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (!value.is_null()).then(|| Shown(&text, LONGEST_SHOWN).to_string())
        };
        let tenant = text(&claims["tid"]).or_else(|| text(&claims[TENANT]));
        Claimed { key_id: text(&header["kid"]), issuer: text(&claims["iss"]), audience: text(&claims["aud"]), tenant }
    }

    fn claims(&self, token: &str, key: &Key) -> Result<Claims, Denied> {
        decode(token, &key.key, &self.validation).map(|data| data.claims).map_err(|error| reason(error.kind()))
    }
}

impl Audiences {
    fn any(&self, is_right: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(audience) => is_right(audience),
            Self::Several(audiences) => audiences.iter().any(|audience| is_right(audience)),
        }
    }
}

/// Returns whether two ids are the same: GUIDs have no case, other ids do.
fn is_same_id(one: &str, other: &str) -> bool {
    let is_guid = one.len() == 36 && one.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
    one == other || (is_guid && one.eq_ignore_ascii_case(other))
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
