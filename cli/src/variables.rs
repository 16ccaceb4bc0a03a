//! The environment.

use std::env;

use crate::trouble::Trouble;

/// The value of a variable. An empty one counts as not set, as with curl.
pub(crate) fn text(name: &str) -> Result<Option<String>, Trouble> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.into_string();
    value.map(Some).map_err(|_| Trouble::usage(format!("the variable {name} is not UTF-8")))
}

/// The first of these variables that is set: its name and value.
pub(crate) fn first<'a>(names: &[&'a str]) -> Result<Option<(&'a str, String)>, Trouble> {
    for name in names {
        if let Some(value) = text(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}
