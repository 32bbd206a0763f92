//! The secret token in the callback address of one call.

use std::fmt;

/// A secret segment of the callback address of one call. It identifies the notifications of the call before the id of the call is
/// known.
///
/// `Debug` hides it, and there is no `Display`.
///
/// ```
/// use call_msgraph::{CallbackUri, Token};
/// let base = CallbackUri::new("https://bot.contoso.com/callback?v=1")?;
/// let token = Token::new("2b5c")?;
/// assert_eq!(base.with_token(&token).as_str(), "https://bot.contoso.com/callback/2b5c?v=1");
/// assert!(Token::new("../2b5c").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(Box<str>);

/// A text that is not a valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token: it must have 1 to 128 letters, digits, dashes and underlines")]
pub struct InvalidToken;

impl Token {
    /// Reads a token: 1 to 128 characters that need no encoding in a path.
    ///
    /// # Errors
    /// [`InvalidToken`]
    pub fn new(text: &str) -> Result<Self, InvalidToken> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=128).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidToken)
        }
    }

    /// Returns the token itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}
