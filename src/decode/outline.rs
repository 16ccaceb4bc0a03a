//! The outline of a document: its envelope, its list, its failure.

use std::borrow::Cow;

use crate::error::Says;
use crate::json::document_error::DocumentError;
use crate::json::string;
use crate::json::syntax::{Syntax, Token};
use crate::model::{Success, reason};

/// Follows the members that have a meaning, while the automaton checks all of them.
///
/// The list is a member of the document or of its `response`. `success` and `error` are members of the document. Everything else
/// is skipped.
pub(super) struct Outline {
    pub(super) syntax: Syntax,
    /// The name of the list of records. Without one, any list of objects counts, also the document itself.
    list: Option<Cow<'static, str>>,
    lists: usize,
    /// The depth inside a list that has only objects so far. Used if any list counts.
    listing: Option<usize>,
    member: Member,
    in_response: bool,
    in_error: bool,
    failed: bool,
    error: Option<String>,
    kept: Vec<u8>,
}

/// The member whose value is next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Member {
    List,
    Response,
    Success,
    Error,
    Other,
}

/// The most bytes of a name or reason that are kept: more than an error keeps.
const KEPT: usize = 64 << 10;

impl Outline {
    pub(super) fn new(nesting: usize, list: Option<Cow<'static, str>>) -> Self {
        Self {
            syntax: Syntax::new(nesting),
            list,
            lists: 0,
            listing: None,
            member: Member::Other,
            in_response: false,
            in_error: false,
            failed: false,
            error: None,
            kept: Vec::new(),
        }
    }

    /// Reads on. Returns `true` when the list of records starts, and `false` when the input ends.
    pub(super) fn advance(&mut self, input: &mut &[u8]) -> Result<bool, DocumentError> {
        loop {
            let before = *input;
            let keeps = self.keeps();
            let token = self.syntax.next(input)?;
            if keeps {
                self.keep(before.get(..before.len() - input.len()).unwrap_or_default());
            }
            let Some(token) = token else { return Ok(false) };
            if self.take(token)? {
                return Ok(true);
            }
            if !self.in_error {
                self.kept.clear();
            }
        }
    }

    /// Whether the document is whole.
    pub(super) fn finish(&self) -> Result<(), DocumentError> {
        // A failure without a reason is a failure too.
        self.check_failure()?;
        self.syntax.finish()?;
        // Only a number gets here without a list, because it ends with the document.
        if self.lists == 0 { Err(self.no_object()) } else { Ok(()) }
    }

    fn check_failure(&self) -> Result<(), DocumentError> {
        if !self.failed {
            return Ok(());
        }
        let says = Says::failure(self.error.as_deref());
        Err(DocumentError::failure(says, self.error.clone(), self.syntax.cursor()))
    }

    /// Whether the next token may be a name or a value that has a meaning.
    fn keeps(&self) -> bool {
        let level = self.is_level(self.syntax.depth());
        self.in_error
            || level
                && (!self.syntax.expects_value() || matches!(self.member, Member::Success | Member::Error))
    }

    /// Keeps the bytes of a name or a value, without the separators before it.
    fn keep(&mut self, bytes: &[u8]) {
        let separates = |byte: &u8| self.kept.is_empty() && b",: \t\r\n".contains(byte);
        let start = bytes.iter().take_while(|byte| separates(byte)).count();
        let value = bytes.get(start..).unwrap_or_default();
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(value.get(..room).unwrap_or(value));
    }

    /// Whether the list of records starts with `token`.
    fn take(&mut self, token: Token) -> Result<bool, DocumentError> {
        let depth = self.syntax.depth();
        match token {
            Token::Name if self.is_level(depth) => self.member = self.named(),
            Token::ObjectStart | Token::ArrayStart => return self.opened(token, depth - 1),
            Token::ObjectEnd | Token::ArrayEnd => self.closed(depth)?,
            _ if depth == 0 => return Err(self.no_object()),
            // Other members' values and nested names are skipped.
            _ => self.value(token, depth)?,
        }
        Ok(false)
    }

    /// Whether members at this depth have a meaning.
    fn is_level(&self, depth: usize) -> bool {
        depth == 1 || depth == 2 && self.in_response
    }

    fn named(&self) -> Member {
        // A name that is too long or has half a surrogate pair is no known one.
        match self.text().as_deref() {
            Some(name) if self.list.as_deref() == Some(name) => Member::List,
            Some("response") if !self.in_response => Member::Response,
            Some("success") if !self.in_response => Member::Success,
            Some("error") if !self.in_response => Member::Error,
            _ if self.list.is_none() => Member::List,
            _ => Member::Other,
        }
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        string(std::str::from_utf8(&self.kept).ok()?).ok()?
    }

    fn opened(&mut self, token: Token, outer: usize) -> Result<bool, DocumentError> {
        let array = token == Token::ArrayStart;
        // Members inside have no meaning, unless they are found to have one.
        let member = std::mem::replace(&mut self.member, Member::Other);
        if self.list.is_none() && array {
            if outer == 0 || matches!(member, Member::List | Member::Response) {
                self.listing = Some(outer + 1);
            } else if self.listing == Some(outer) {
                self.listing = None;
            }
        }
        match member {
            _ if outer == 0 && array && self.list.is_some() => return Err(self.no_object()),
            Member::List if self.list.is_none() => {}
            Member::List if token == Token::ArrayStart => {
                self.lists += 1;
                if self.lists > 1 && !self.failed {
                    return Err(self.wrong(format!("a second list `{}`", self.list_name())));
                }
                return Ok(!self.failed);
            }
            Member::List => return Err(self.not_a_list()),
            Member::Success => return Err(self.unclear()),
            Member::Error => self.in_error = true,
            // A list too, which has no names at this level.
            Member::Response => self.in_response = true,
            _ => {}
        }
        Ok(false)
    }

    fn closed(&mut self, depth: usize) -> Result<(), DocumentError> {
        if self.listing == Some(depth + 1) {
            self.listing = None;
            self.lists += 1;
        }
        if depth == 1 {
            self.in_response = false;
            if std::mem::take(&mut self.in_error) {
                return self.take_error();
            }
        }
        if depth > 0 {
            return Ok(());
        }
        self.check_failure()?;
        match &self.error {
            _ if self.lists > 0 => Ok(()),
            Some(reason) => {
                Err(DocumentError::failure(Says::Error, Some(reason.clone()), self.syntax.cursor()))
            }
            None => Err(self.no_list()),
        }
    }

    fn value(&mut self, token: Token, depth: usize) -> Result<(), DocumentError> {
        if self.listing == Some(depth) {
            self.listing = None;
        }
        match (self.member, token) {
            (Member::List, _) if self.list.is_some() => Err(self.not_a_list()),
            (Member::Success, _) => {
                let success = match token {
                    Token::Bool(success) => Some(Success(success)),
                    _ => self.text().and_then(|text| Success::of_text(&text)),
                };
                self.failed |= success.ok_or_else(|| self.unclear())? == Success(false);
                if self.error.is_some() { self.check_failure() } else { Ok(()) }
            }
            (Member::Error, _) => self.take_error(),
            _ => Ok(()),
        }
    }

    /// Takes the reason that was kept.
    fn take_error(&mut self) -> Result<(), DocumentError> {
        let kept = String::from_utf8_lossy(&self.kept);
        // A text that was cut has no closing quote.
        let is_cut = self.kept.len() == KEPT;
        self.error = reason(if is_cut { kept.trim_start_matches('"') } else { &kept });
        if self.error.is_some() { self.check_failure() } else { Ok(()) }
    }

    fn list_name(&self) -> &str {
        self.list.as_deref().unwrap_or_default()
    }

    fn not_a_list(&self) -> DocumentError {
        self.wrong(format!("`{}` is not a list", self.list_name()))
    }

    fn no_list(&self) -> DocumentError {
        match &self.list {
            Some(name) => self.wrong(format!("the document has no list `{name}`")),
            None => self.wrong("the document has no list of objects"),
        }
    }

    fn no_object(&self) -> DocumentError {
        if self.list.is_some() { self.wrong("the document is not an object") } else { self.no_list() }
    }

    fn unclear(&self) -> DocumentError {
        self.wrong("`success` is neither true nor false")
    }

    fn wrong(&self, reason: impl Into<Cow<'static, str>>) -> DocumentError {
        DocumentError::wrong(reason, self.syntax.started())
    }
}
