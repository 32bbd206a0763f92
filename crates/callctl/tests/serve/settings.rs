use std::process::Output;

use crate::running::{Running, callctl};

/// The minimal settings.
const ENOUGH: [&str; 10] = [
    "serve",
    "--check-config",
    "--offline",
    "--public-url",
    "https://bot.contoso.com",
    "--journal",
    "/no/such/journal",
    "--access-token",
    "t0ken",
    "--app-id=bot",
];

fn check(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = callctl(arguments).envs(environment.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(if status.success() { &stdout } else { &stderr }).into_owned();
    (status.code(), said)
}

#[test]
fn all_missing_settings_are_named_together() {
    let (status, said) = check(&["serve", "--listen", "0.0.0.0:0", "--authority-url", "ftp://x"], &[]);
    assert_eq!(status, Some(2));
    for missing in [
        "--public-url: required, but not set",
        "--journal: required, but not set",
        "--tenant-id (or --access-token): required, but not set",
        "--client-id (or --access-token): required, but not set",
        "--client-secret (or --access-token): required, but not set",
        "--authority-url: expected an https address",
        "--app-id (or --insecure-webhook): required, but not set",
    ] {
        assert!(said.contains(missing), "{missing}: {said}");
    }
}

#[test]
fn unsafe_settings_are_refused_beyond_loopback() {
    assert_eq!(check(&ENOUGH, &[]), (Some(0), "the settings are valid\n".to_owned()));
    for (more, why) in [
        (
            &["--listen", "0.0.0.0:0", "--insecure-webhook"][..],
            "--insecure-webhook: only allowed with a loopback address",
        ),
        (&["--api-token", ""], "--api-token: is set, but empty"),
        (&["--tenants", ""], "--tenants: has an empty element"),
        (&["--allow-host", "a,,b"], "--allow-host: has an empty element"),
        (&["--api-token", "<secret>"], "--api-token: is the placeholder of an example"),
        (&["--api-token", "s3cr3t", "--open-api"], "--open-api: contradicts --api-token"),
        (&["--public-url", "http://bot.contoso.com"], "--public-url: must be an https address"),
        (&["--service-url", "http://graph.microsoft.com/v1.0"], "--service-url: expected"),
        (&["--webhook-openid-url", "http://login.contoso.com"], "--webhook-openid-url: expected"),
        (&["--retain", "soon"], "expected a duration"),
    ] {
        let arguments: Vec<_> = ENOUGH.iter().chain(more).copied().collect();
        let given_twice = ["--public-url"].iter().any(|flag| more.contains(flag));
        let arguments = if given_twice { [&ENOUGH[..3], &ENOUGH[5..], more].concat() } else { arguments };
        let (status, said) = check(&arguments, &[]);
        assert!(status == Some(2) && said.contains(why), "{more:?}: {status:?} {said}");
    }
    assert_eq!(check(&[&ENOUGH[..], &["--listen", "0.0.0.0:0"]].concat(), &[]).0, Some(0));
    assert!(check(&ENOUGH, &[("CALLCTL_API_TOKEN", " ")]).1.contains("--api-token: is set, but empty"));
}

#[test]
fn flags_outrank_environment_and_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    std::fs::write(path, "public-url = 'ftp://file'\njournal = '/j'\naccess-token = 't'\napp-id = 'bot'\n").unwrap();
    let with_file = ["serve", "--check-config", "--offline", "--config", path];
    assert!(check(&with_file, &[]).1.contains("--public-url: must be"));
    let environment = [("CALLCTL_PUBLIC_URL", "https://bot.contoso.com")];
    assert_eq!(check(&with_file, &environment).0, Some(0));
    assert_eq!(check(&[&with_file[..], &["--public-url", "ftp://flag"]].concat(), &environment).0, Some(2));
    let named = [("CALLCTL_CONFIG", path), environment[0]];
    assert_eq!(check(&["serve", "--check-config", "--offline"], &named).0, Some(0));
}

#[test]
fn a_bad_file_is_reported_without_secrets() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    for (text, why) in [
        ("# a comment\nclient-secret = 'hush'\nclient-sekret = 'hush'\n", "line 3: unknown field `client-sekret`"),
        ("client-secret = 'hush\n", "line 1: "),
        ("retain = 'hushed'\n", "line 1: expected a duration"),
        ("api-token = 'hush' 'hush'\n", "line 1: "),
        ("\n\napi-token = 4711\n", "line 3: a secret must be a text in quotation marks"),
        ("access-token = [4711]\n", "line 1: a secret must be a text in quotation marks"),
        ("client-secret = { a = 4711 }\n", "line 1: a secret must be a text in quotation marks"),
        ("client-secret = 4711x\n", "line 1: "),
        ("client-secret = 0x4711g\n", "line 1: "),
        ("client-secret = 2024-4711\n", "line 1: "),
    ] {
        std::fs::write(path, text).unwrap();
        let (status, said) = check(&["serve", "--config", path], &[]);
        assert!(status == Some(2) && said.contains(why) && !said.contains("hush") && !said.contains("4711"), "{said}");
    }
    let (status, said) = check(&["serve", "--config", "/no/such/file"], &[]);
    assert!(status == Some(2) && said.contains("cannot read /no/such/file"), "{said}");
}

#[test]
fn the_example_contains_every_setting() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/serve.toml");
    // Until somebody gives it a secret, the example is not valid.
    let (status, said) = check(&["serve", "--check-config", "--offline", "--config", example], &[]);
    assert!(status == Some(2) && said.contains("--client-secret (or --access-token): is the placeholder"), "{said}");
    let secret = ("CALLCTL_CLIENT_SECRET", "5f2b8c");
    assert_eq!(check(&["serve", "--check-config", "--offline", "--config", example], &[secret]).0, Some(0));
    let text = std::fs::read_to_string(example).unwrap();
    let help = String::from_utf8(callctl(&["serve", "--help"]).output().unwrap().stdout).unwrap();
    let flags = help
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"))
        .filter(|flag| help.contains(&format!("\n      --{flag}")));
    for flag in flags.filter(|flag| !["config", "check-config", "offline", "color"].contains(flag)) {
        assert!(text.contains(&format!("{flag} = ")), "the example lacks {flag}");
    }
}

#[test]
fn a_journal_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = crate::running::serving("http://127.0.0.1:9", "http://127.0.0.1:9", directory.path());
    let running = Running::start(callctl(&arguments));
    for (other, status) in
        [(arguments.clone(), 74), (vec!["journal", "export", directory.path().to_str().unwrap()], 74)]
    {
        let refused = callctl(&other).output().unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("is in use by another process"), "{said}");
        assert_eq!(refused.status.code(), Some(status));
    }
    assert_eq!(running.terminate(), Some(0));
}
