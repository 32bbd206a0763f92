//! Which tokens are accepted.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use call_transport_http::{Denied, TokenPolicy};
use call_transport_mock::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::issuer::{APPLICATION, Issuer, KEY, OTHER_KEY, claims, claims_with, now, validate};

const HOUR: Duration = Duration::from_secs(3_600);

const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// The service may post again: the issuer may publish the key soon.
const UNKNOWN_KEY: Denied = Denied::UnknownKey { retry_after: FIVE_SECONDS };

async fn judged(claims: &Value) -> Result<(), Denied> {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    validate(&issuer.usual_validator(), &KEY.sign(claims).unwrap()).await
}

#[tokio::test]
async fn a_valid_token_is_accepted() {
    assert_eq!(judged(&claims()).await, Ok(()));
    assert_eq!(judged(&claims_with("iss", json!("https://api.botframework.com"))).await, Ok(()));
    assert_eq!(judged(&claims_with("aud", json!(["other", APPLICATION]))).await, Ok(()));
}

#[tokio::test]
async fn token_times_have_five_minutes_of_leeway() {
    assert_eq!(judged(&claims_with("exp", json!(now() - 240))).await, Ok(()));
    assert_eq!(judged(&claims_with("exp", json!(now() - 360))).await, Err(Denied::Expired));
    assert_eq!(judged(&claims_with("nbf", json!(now() + 240))).await, Ok(()));
    assert_eq!(judged(&claims_with("nbf", json!(now() + 360))).await, Err(Denied::NotYetValid));
    let forever = claims_with("exp", Value::Null);
    assert_eq!(judged(&forever).await, Err(Denied::Malformed));
}

#[tokio::test]
async fn invalid_token_times_are_rejected_without_panic() {
    for time in [json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!("soon"), json!([]), json!(true)] {
        for name in ["exp", "nbf"] {
            let judged = judged(&claims_with(name, time.clone())).await;
            let is_far_end = name == "exp" && time == json!(u64::MAX);
            assert!(judged.is_err() || is_far_end || name == "nbf" && time == json!(-1), "{name}: {time}: {judged:?}");
        }
    }
}

#[tokio::test]
async fn another_audience_or_issuer_is_rejected() {
    assert_eq!(judged(&claims_with("aud", json!("another bot"))).await, Err(Denied::Audience));
    assert_eq!(judged(&claims_with("aud", json!([]))).await, Err(Denied::Audience));
    assert_eq!(judged(&claims_with("aud", Value::Null)).await, Err(Denied::Malformed));
    assert_eq!(judged(&claims_with("iss", json!("https://evil.example"))).await, Err(Denied::Issuer));
    assert_eq!(judged(&claims_with("iss", Value::Null)).await, Err(Denied::Malformed));
}

#[tokio::test]
async fn tenants_outside_the_list_are_rejected() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let tenants = Some(BTreeSet::from(["t1".to_owned()]));
    let policy = TokenPolicy { tenants, ..TokenPolicy::new(APPLICATION) };
    let validator = issuer.validator(policy, HOUR, HOUR);
    let judged = async |claims: &Value| validate(&validator, &KEY.sign(claims).unwrap()).await;
    assert_eq!(judged(&claims()).await, Ok(()));
    assert_eq!(judged(&claims_with("tid", json!("t2"))).await, Err(Denied::Tenant));
    let mut long = claims_with("tid", Value::Null);
    assert_eq!(judged(&long).await, Err(Denied::Tenant));
    long["http://schemas.microsoft.com/identity/claims/tenantid"] = json!("t1");
    assert_eq!(judged(&long).await, Ok(()));
}

#[tokio::test]
async fn a_token_signed_by_another_key_is_rejected() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    assert_eq!(validate(&validator, &OTHER_KEY.sign(&claims()).unwrap()).await, Err(UNKNOWN_KEY));
    assert_eq!(validate(&validator, &OTHER_KEY.sign_as("k1", &claims()).unwrap()).await, Err(Denied::Signature));
}

#[tokio::test]
async fn a_tampered_token_is_rejected_despite_the_cache() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    let token = KEY.sign(&claims()).unwrap();
    let other = KEY.sign(&claims_with("exp", json!(now() + 7_200))).unwrap();
    assert_eq!(validate(&validator, &token).await, Ok(()));
    let parts: Vec<_> = token.split('.').collect();
    let payload = other.split('.').nth(1).unwrap();
    let forged = format!("{}.{payload}.{}", parts[0], parts[2]);
    assert_eq!(validate(&validator, &forged).await, Err(Denied::Signature));
    for cut in [token[..token.len() - 4].to_owned(), format!("{}.{}.", parts[0], parts[1])] {
        let denied = validate(&validator, &cut).await.unwrap_err();
        assert!(matches!(denied, Denied::Signature | Denied::Malformed), "{denied:?}");
    }
    assert_eq!(validate(&validator, &token).await, Ok(()));
}

#[tokio::test]
async fn the_token_cannot_choose_its_algorithm() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    let part = |value: Value| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
    };
    for alg in ["none", "None", "nOnE"] {
        let unsigned = format!("{}.{}.", part(json!({"alg": alg, "kid": "k1"})), part(claims()));
        let denied = validate(&validator, &unsigned).await.unwrap_err();
        assert!(matches!(denied, Denied::Algorithm | Denied::Malformed), "{alg}: {denied:?}");
    }
    // The public key as the secret of a symmetric algorithm: once its modulus, once its published form.
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
    for secret in [KEY.published()["n"].as_str().unwrap().to_owned(), KEY.published().to_string()] {
        let token = encode(&header, &claims(), &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        assert_eq!(validate(&validator, &token).await, Err(Denied::Algorithm));
    }
    assert_eq!(issuer.asked(), 0, "such a token causes no key fetch");
}

#[tokio::test]
async fn malformed_tokens_are_rejected() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    for missing in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic YTpi"), Some("\u{fffd}")] {
        assert_eq!(validator.validate(missing).await, Err(Denied::Missing), "{missing:?}");
    }
    let long = "x".repeat(1 << 20);
    for token in ["x", "..", "a.b.c", "....", "{}", &long, &format!("{long}.{long}.{long}")] {
        assert_eq!(validate(&validator, token).await, Err(Denied::Malformed), "{:.20}", token);
    }
    let header = Header::new(Algorithm::RS256);
    let unnamed = encode(&header, &claims(), &EncodingKey::from_rsa_der(b"")).unwrap_or_default();
    assert!(validate(&validator, &unnamed).await.is_err());
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn unknown_key_ids_cause_few_key_fetches() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = Arc::new(issuer.usual_validator());
    let good = KEY.sign(&claims()).unwrap();
    // Concurrent tokens, before any key is known.
    let flood: Vec<_> = (0..200)
        .map(|number| {
            let (validator, token) = (Arc::clone(&validator), KEY.sign_as(&format!("x{number}"), &claims()).unwrap());
            tokio::spawn(async move { validate(&validator, &token).await })
        })
        .collect();
    assert_eq!(validate(&validator, &good).await, Ok(()));
    for denied in flood {
        assert_eq!(denied.await.unwrap(), Err(UNKNOWN_KEY));
    }
    for number in 0..50 {
        let token = KEY.sign_as(&format!("y{number}"), &claims()).unwrap();
        assert_eq!(validate(&validator, &token).await, Err(UNKNOWN_KEY));
    }
    assert_eq!(issuer.asked(), 4, "the first one, and three at once");
}

#[tokio::test]
async fn forged_signatures_cause_one_key_fetch() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    for number in 0..50 {
        let forged = OTHER_KEY.sign_as("k1", &claims_with("tid", json!(number.to_string()))).unwrap();
        assert_eq!(validate(&validator, &forged).await, Err(Denied::Signature));
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn key_rotation_replaces_the_old_key() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    // With the usual intervals: the first token with a new key is already accepted.
    let validator = issuer.usual_validator();
    let (old, new) = (KEY.sign(&claims()).unwrap(), OTHER_KEY.sign(&claims()).unwrap());
    assert_eq!(validate(&validator, &old).await, Ok(()));
    issuer.publish(vec![KEY.published().clone(), OTHER_KEY.published().clone()]);
    assert_eq!(validate(&validator, &new).await, Ok(()));
    assert_eq!(validate(&validator, &old).await, Ok(()));
    issuer.publish(vec![OTHER_KEY.published().clone()]);
    let another = KEY.sign_as("k3", &claims()).unwrap();
    assert_eq!(validate(&validator, &another).await, Err(UNKNOWN_KEY));
    assert_eq!(validate(&validator, &old).await, Err(UNKNOWN_KEY), "though it was verified before");
}

#[tokio::test]
async fn a_key_with_a_reused_id_replaces_it() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.validator(TokenPolicy::new(APPLICATION), Duration::ZERO, Duration::ZERO);
    let old = KEY.sign(&claims()).unwrap();
    assert_eq!(validate(&validator, &old).await, Ok(()));
    issuer.publish(vec![OTHER_KEY.published_as("k1")]);
    assert_eq!(validate(&validator, &OTHER_KEY.sign_as("k1", &claims()).unwrap()).await, Ok(()));
    assert_eq!(validate(&validator, &old).await, Err(Denied::Signature));
}

#[tokio::test]
async fn known_keys_work_while_the_issuer_is_down() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    issuer.is_down(true);
    let validator = issuer.validator(TokenPolicy::new(APPLICATION), Duration::ZERO, Duration::ZERO);
    let token = KEY.sign(&claims()).unwrap();
    assert_eq!(validate(&validator, &token).await, Err(Denied::Unavailable { retry_after: FIVE_SECONDS }));
    issuer.is_down(false);
    assert_eq!(validate(&validator, &token).await, Ok(()));
    issuer.is_down(true);
    assert_eq!(validate(&validator, &KEY.sign(&claims_with("tid", json!("t2"))).unwrap()).await, Ok(()));
    let perhaps_new = validate(&validator, &OTHER_KEY.sign(&claims()).unwrap()).await;
    assert_eq!(perhaps_new, Err(Denied::Unavailable { retry_after: FIVE_SECONDS }));
}

#[tokio::test]
async fn failed_key_fetches_stay_within_the_budget() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    issuer.is_down(true);
    let validator = issuer.usual_validator();
    for _ in 0..10 {
        let denied = validate(&validator, &KEY.sign(&claims()).unwrap()).await;
        assert!(matches!(denied, Err(Denied::Unavailable { .. })));
    }
    assert_eq!(issuer.asked(), 4, "the first one, and three at once");
}

#[tokio::test]
async fn keys_are_fetched_before_the_first_token() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    issuer.is_down(true);
    let validator = Arc::new(issuer.usual_validator());
    let missing = validator.keys().unwrap_err().to_string();
    assert!(missing.ends_with("/openid: not fetched yet"), "{missing}");
    let missing = validator.fetch_keys().await.unwrap_err().to_string();
    assert!(missing.contains("/openid: ") && missing.contains("502 Bad Gateway"), "{missing}");
    let keeper = Arc::clone(&validator);
    let keeping = tokio::spawn(async move { keeper.keep_keys().await });
    // The failed fetch is repeated, without any token.
    issuer.is_down(false);
    while validator.keys().is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(issuer.asked(), 2);
    keeping.abort();
}

#[tokio::test]
async fn extensions_that_must_be_understood_are_rejected() {
    use base64::Engine as _;
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let validator = issuer.usual_validator();
    let token = KEY.sign(&claims()).unwrap();
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "k1", "crit": ["exp"] }).to_string();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
    let token = format!("{header}.{}", token.split_once('.').unwrap().1);
    assert_eq!(validate(&validator, &token).await, Err(Denied::Critical));
}

#[tokio::test]
async fn the_issuer_must_be_a_text() {
    for issuers in [json!(["https://graph.microsoft.com"]), json!({ "a": "https://graph.microsoft.com" }), json!(7)] {
        assert_eq!(judged(&claims_with("iss", issuers)).await, Err(Denied::Malformed));
    }
}

#[tokio::test]
async fn guids_are_compared_without_case() {
    assert_eq!(judged(&claims_with("aud", json!(APPLICATION.to_uppercase()))).await, Ok(()));
    assert_eq!(judged(&claims_with("aud", json!([APPLICATION.to_uppercase()]))).await, Ok(()));
    assert_eq!(judged(&claims_with("aud", json!(APPLICATION.replace('-', "")))).await, Err(Denied::Audience));
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let named = issuer.validator(TokenPolicy::new("emulated-bot"), HOUR, HOUR);
    let judged =
        async |audience: &str| validate(&named, &KEY.sign(&claims_with("aud", json!(audience))).unwrap()).await;
    assert_eq!(judged("emulated-bot").await, Ok(()));
    assert_eq!(judged("Emulated-Bot").await, Err(Denied::Audience), "a name has case");
    let tenants = Some(BTreeSet::from([APPLICATION.to_uppercase()]));
    let tenant = issuer.validator(TokenPolicy { tenants, ..TokenPolicy::new(APPLICATION) }, HOUR, HOUR);
    assert_eq!(validate(&tenant, &KEY.sign(&claims_with("tid", json!(APPLICATION))).unwrap()).await, Ok(()));
}

#[tokio::test]
async fn untrusted_keys_are_ignored() {
    let issuer = Issuer::that_publishes(&[]).await;
    let short = SigningKey::generate("short", 1_024).unwrap();
    let mut for_encryption = OTHER_KEY.published().clone();
    for_encryption["use"] = json!("enc");
    issuer.publish(vec![json!("no key"), short.published().clone(), for_encryption, KEY.published().clone()]);
    let validator = issuer.usual_validator();
    assert_eq!(validate(&validator, &short.sign(&claims()).unwrap()).await, Err(UNKNOWN_KEY));
    assert_eq!(validate(&validator, &OTHER_KEY.sign(&claims()).unwrap()).await, Err(UNKNOWN_KEY));
    assert_eq!(validate(&validator, &KEY.sign(&claims()).unwrap()).await, Ok(()));
}
