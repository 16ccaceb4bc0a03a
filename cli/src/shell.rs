//! Quoting for a shell.

use std::ffi::OsStr;
use std::fmt::Write as _;

/// Joins the words to a command for a POSIX shell.
pub(crate) fn line(words: &[impl AsRef<OsStr>]) -> String {
    words.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(" ")
}

/// Quotes a word. Characters that cannot be shown become bytes in the form `$'…'` of POSIX.1-2024.
fn quoted(word: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@%+".contains(c);
    match word.to_str().filter(|word| !word.chars().any(crate::visible::is_hidden)) {
        Some(word) if !word.is_empty() && word.chars().all(plain) => word.to_owned(),
        Some(word) => format!("'{}'", word.replace('\'', r"'\''")),
        None => {
            let mut text = String::from("$'");
            for byte in word.as_encoded_bytes() {
                match byte {
                    b'\'' | b'\\' => text.extend(['\\', char::from(*byte)]),
                    b' '..=b'~' => text.push(char::from(*byte)),
                    // Always three digits, so that a digit may follow.
                    _ => drop(write!(text, "\\{byte:03o}")),
                }
            }
            text + "'"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        for (word, expected) in [
            ("profiles.csv", "profiles.csv"),
            ("", "''"),
            ("x; touch y; #", "'x; touch y; #'"),
            ("it's", r"'it'\''s'"),
            ("$(id) `id` \"$HOME\"", "'$(id) `id` \"$HOME\"'"),
            ("~root", "'~root'"),
            ("é", "'é'"),
            ("a\nb'\\", r"$'a\012b\'\\'"),
            ("\u{202e}", r"$'\342\200\256'"),
        ] {
            assert_eq!(line(&[word]), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf_8_is_kept() {
        let name: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff1");
        assert_eq!(line(&[name]), r"$'a\3771'");
    }
}
