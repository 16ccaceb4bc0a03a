//! What a document is about: its envelope, its list, its failure.

use std::borrow::Cow;

use crate::json::fault::Fault;
use crate::json::string;
use crate::json::syntax::{Syntax, Token};

/// Follows the members of a document that have a meaning, through the automaton that checks them all.
///
/// The list is a member of the document or of its `response`; `success` and `error` are members of the
/// document. Everything else is passed.
pub(super) struct Outline {
    pub(super) syntax: Syntax,
    /// The name of the list of records, where one is wanted.
    list: Option<Cow<'static, str>>,
    lists: usize,
    member: Member,
    in_response: bool,
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

/// The most bytes of a name or of an error text that are looked at.
const KEPT: usize = 64 << 10;

impl Outline {
    pub(super) fn new(nesting: usize, list: Option<Cow<'static, str>>) -> Self {
        Self {
            syntax: Syntax::new(nesting),
            list,
            lists: 0,
            member: Member::Other,
            in_response: false,
            failed: false,
            error: None,
            kept: Vec::new(),
        }
    }

    /// Reads on until the list of records starts, which is `true`, or the input ends.
    pub(super) fn advance(&mut self, input: &mut &[u8]) -> Result<bool, Fault> {
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
            self.kept.clear();
        }
    }

    /// Whether the document is whole.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        // Of what failed, the reason may be missing; it has failed nevertheless.
        self.check_failure()?;
        self.syntax.finish()?;
        // All but a number, which ends with the document only, was found to have a list before.
        if self.lists == 0 { self.not_an_object() } else { Ok(()) }
    }

    fn check_failure(&self) -> Result<(), Fault> {
        if self.failed { Err(Fault::failure(self.error.clone(), self.syntax.cursor())) } else { Ok(()) }
    }

    /// Whether the next token may be a name or a text that has a meaning.
    fn keeps(&self) -> bool {
        let level = self.is_level(self.syntax.depth());
        level && (!self.syntax.expects_value() || matches!(self.member, Member::Success | Member::Error))
    }

    /// Keeps the bytes of a string, and not what stands before it.
    fn keep(&mut self, bytes: &[u8]) {
        let start = if self.kept.is_empty() { memchr::memchr(b'"', bytes) } else { Some(0) };
        let string = start.and_then(|start| bytes.get(start..)).unwrap_or_default();
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(string.get(..room).unwrap_or(string));
    }

    /// Whether the list of records starts with `token`.
    fn take(&mut self, token: Token) -> Result<bool, Fault> {
        let depth = self.syntax.depth();
        match token {
            Token::Name if self.is_level(depth) => self.member = self.named(),
            Token::ObjectStart | Token::ArrayStart => return self.opened(token, depth - 1),
            Token::ObjectEnd | Token::ArrayEnd => self.closed(depth)?,
            _ if depth == 0 => self.not_an_object()?,
            // Of a member of ours: the value of any other has no meaning, however deep it is, nor has a name inside it.
            _ => self.value(token)?,
        }
        Ok(false)
    }

    /// Whether members at this depth have a meaning.
    fn is_level(&self, depth: usize) -> bool {
        depth == 1 || depth == 2 && self.in_response
    }

    fn named(&self) -> Member {
        // Too long or half a surrogate pair: in either case none of ours.
        let Some(name) = self.text() else { return Member::Other };
        match &*name {
            _ if self.list.as_deref() == Some(&*name) => Member::List,
            _ if self.in_response => Member::Other,
            "response" => Member::Response,
            "success" => Member::Success,
            "error" => Member::Error,
            _ => Member::Other,
        }
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        string(std::str::from_utf8(&self.kept).ok()?).ok()?
    }

    fn opened(&mut self, token: Token, outer: usize) -> Result<bool, Fault> {
        if outer == 0 && token == Token::ArrayStart {
            self.not_an_object()?;
        }
        // What is inside has no meaning, unless it is found to have one.
        let member = std::mem::replace(&mut self.member, Member::Other);
        match member {
            Member::List if token == Token::ArrayStart => {
                self.lists += 1;
                if self.lists > 1 && !self.failed {
                    return Err(self.wrong(format!("a second list `{}`", self.list_name())));
                }
                return Ok(!self.failed);
            }
            Member::List => return Err(self.not_a_list()),
            Member::Success => self.unclear()?,
            // Of a list as well, in which there are no names at this level.
            Member::Response => self.in_response = true,
            _ => {}
        }
        Ok(false)
    }

    fn closed(&mut self, depth: usize) -> Result<(), Fault> {
        if depth == 1 {
            self.in_response = false;
        }
        if depth > 0 {
            return Ok(());
        }
        self.check_failure()?;
        if self.lists == 0 && self.list.is_some() {
            return Err(self.wrong(format!("the document has no list `{}`", self.list_name())));
        }
        Ok(())
    }

    fn value(&mut self, token: Token) -> Result<(), Fault> {
        match (self.member, token) {
            (Member::List, _) => return Err(self.not_a_list()),
            (Member::Success, Token::Bool(success)) => self.failed |= !success,
            (Member::Success, Token::Text) => match self.text() {
                Some(text) if text.eq_ignore_ascii_case("true") => {}
                Some(text) if text.eq_ignore_ascii_case("false") => self.failed = true,
                _ => self.unclear()?,
            },
            (Member::Success, _) => self.unclear()?,
            (Member::Error, Token::Text) => {
                self.error = Some(self.error_text()?).filter(|text| !text.is_empty())
            }
            _ => {}
        }
        if self.error.is_some() { self.check_failure() } else { Ok(()) }
    }

    fn error_text(&self) -> Result<String, Fault> {
        if self.kept.len() == KEPT {
            return Err(Fault::limit("error text", KEPT, "bytes", self.syntax.started()));
        }
        // With half a surrogate pair in it, the text as it is written says more than nothing.
        Ok(self.text().unwrap_or_else(|| String::from_utf8_lossy(&self.kept)).into_owned())
    }

    fn list_name(&self) -> &str {
        self.list.as_deref().unwrap_or_default()
    }

    fn not_a_list(&self) -> Fault {
        self.wrong(format!("`{}` is not a list", self.list_name()))
    }

    /// A document without a list may be anything.
    fn not_an_object(&self) -> Result<(), Fault> {
        if self.list.is_some() { Err(self.wrong("the document is not an object")) } else { Ok(()) }
    }

    /// A document without a list may mean anything by its `success`.
    fn unclear(&self) -> Result<(), Fault> {
        if self.list.is_some() { Err(self.wrong("`success` is neither true nor false")) } else { Ok(()) }
    }

    fn wrong(&self, reason: impl Into<Cow<'static, str>>) -> Fault {
        Fault::wrong(reason, self.syntax.started())
    }
}
