//! The environment.

use std::env;

use crate::trouble::Trouble;

/// What a variable is set to. An empty one is as one that is not set, as it is to curl.
pub(crate) fn text(name: &str) -> Result<Option<String>, Trouble> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.into_string();
    value.map(Some).map_err(|_| Trouble::usage(format!("the variable {name} is not UTF-8")))
}

/// The first of these that is set, and its name.
pub(crate) fn first<'a>(names: &[&'a str]) -> Result<Option<(&'a str, String)>, Trouble> {
    for name in names {
        if let Some(value) = text(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}
