//! The grammar of RFC 8259, which can pause between any two bytes.

use super::document_error::{Cursor, DocumentError};
use super::lexeme::{InNumber, InString};
use super::{BYTE_ORDER_MARK, swar};

/// A strict JSON automaton with its own stack. It does not recurse, and needs a byte for each level.
///
/// It passes over one byte order mark at the start of the document, as RFC 8259, section 8.1, allows.
///
/// It returns the tokens. The caller decides what they mean, and which bytes to keep.
///
/// ```text
///                      value or name starts              it ends
///   between tokens ──────────────────────► inside one ─────────────► Some(token)
///        │  ▲                                   │
///        │  └── , : and whitespace              └── the piece ends ─► None
///        ├── { [ ] } ─► Some(token)
///        └── the piece ends ─► None
/// ```
pub(crate) struct Syntax {
    expect: Expect,
    inside: Inside,
    stack: Vec<Container>,
    nesting: usize,
    /// 64 bits on every target, because a skipped text may be larger than the memory.
    text_limit: u64,
    space_limit: usize,
    /// How much white space may still come before the next token.
    space_left: usize,
    cursor: Cursor,
    started: Cursor,
}

/// The most white space between two tokens, and after the document, in bytes. Without this bound a download could go on with it
/// for ever.
const SPACE: usize = 1 << 20;

/// A token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Name,
    Text,
    Bool(bool),
    Null,
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expect {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Inside {
    Nothing,
    /// In the optional byte order mark, before these bytes of it.
    Mark(&'static [u8]),
    String {
        token: Token,
        length: u64,
        state: InString,
    },
    Number(InNumber),
    Word {
        rest: &'static [u8],
        token: Token,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Container {
    Object,
    Array,
}

impl Syntax {
    pub(crate) fn new(nesting: usize) -> Self {
        Self {
            expect: Expect::Value,
            inside: Inside::Mark(BYTE_ORDER_MARK),
            stack: Vec::new(),
            nesting,
            text_limit: u64::MAX,
            space_limit: SPACE,
            space_left: SPACE,
            cursor: Cursor::start(),
            started: Cursor::start(),
        }
    }

    /// How many objects and arrays are open.
    pub(crate) fn depth(&self) -> usize {
        self.stack.len()
    }

    pub(crate) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Where the last token started.
    pub(crate) fn started(&self) -> Cursor {
        self.started
    }

    /// Limits strings to `text_limit` bytes between their quotes from here on. Only the record limits white space.
    pub(crate) fn enter_record(&mut self, text_limit: usize) {
        self.text_limit = text_limit as u64;
        self.limit_space(usize::MAX);
    }

    pub(crate) fn leave_record(&mut self) {
        self.text_limit = u64::MAX;
        self.limit_space(SPACE);
    }

    fn limit_space(&mut self, limit: usize) {
        (self.space_limit, self.space_left) = (limit, limit);
    }

    /// Whether `byte` may start a value here.
    pub(crate) fn starts_value(&self, byte: u8) -> bool {
        let value = matches!(self.expect, Expect::Value | Expect::ValueOrEnd);
        value && matches!(byte, b'"' | b'{' | b'[' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9')
    }

    /// Whether a value comes next, or the last piece ended inside one.
    pub(crate) fn expects_value(&self) -> bool {
        matches!(self.expect, Expect::Colon | Expect::Value | Expect::ValueOrEnd)
    }

    /// Takes bytes from the front of `input` to the end of the next token. Returns `None` if the input ends first.
    pub(crate) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Token>, DocumentError> {
        loop {
            let token = match self.inside {
                Inside::Nothing => {
                    let Some(byte) = self.peek(input)? else { return Ok(None) };
                    self.start(byte, input)?
                }
                Inside::Mark(rest) => self.mark(input, rest)?,
                Inside::String { token, length, state } => self.string(input, token, length, state)?,
                Inside::Number(state) => self.number(input, state)?,
                Inside::Word { rest, token } => self.word(input, rest, token)?,
            };
            if token.is_some() || input.is_empty() {
                return Ok(token);
            }
        }
    }

    /// Skips white space, and returns the byte after it without taking it. Only between tokens.
    pub(crate) fn peek(&mut self, input: &mut &[u8]) -> Result<Option<u8>, DocumentError> {
        while let Some((&byte, rest)) = input.split_first() {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                self.space_left = self.space_limit;
                return Ok(Some(byte));
            }
            let Some(left) = self.space_left.checked_sub(1) else {
                return Err(DocumentError::limit(
                    "white space",
                    self.space_limit,
                    "bytes in a row",
                    self.cursor,
                ));
            };
            self.space_left = left;
            match byte {
                b'\n' => self.cursor.pass_line_feed(),
                _ => self.cursor.pass(1),
            }
            *input = rest;
        }
        Ok(None)
    }

    /// Takes `byte`, the first of `input`. Only between tokens.
    pub(crate) fn start(&mut self, byte: u8, input: &mut &[u8]) -> Result<Option<Token>, DocumentError> {
        self.started = self.cursor;
        let top = self.stack.last().copied();
        let token = match (byte, self.expect) {
            (b'"', Expect::Name | Expect::NameOrEnd) => self.enter_string(Token::Name),
            (b'}', Expect::NameOrEnd) => self.close(Token::ObjectEnd),
            (b'}', Expect::CommaOrEnd) if top == Some(Container::Object) => self.close(Token::ObjectEnd),
            (b']', Expect::ValueOrEnd) => self.close(Token::ArrayEnd),
            (b']', Expect::CommaOrEnd) if top == Some(Container::Array) => self.close(Token::ArrayEnd),
            (b':', Expect::Colon) => self.then(Expect::Value),
            (b',', Expect::CommaOrEnd) if top == Some(Container::Object) => self.then(Expect::Name),
            (b',', Expect::CommaOrEnd) => self.then(Expect::Value),
            (_, Expect::Value | Expect::ValueOrEnd) => self.start_value(byte)?,
            _ => return Err(self.unexpected()),
        };
        self.take(input, 1);
        Ok(token)
    }

    fn start_value(&mut self, byte: u8) -> Result<Option<Token>, DocumentError> {
        self.inside = match byte {
            b'"' => return Ok(self.enter_string(Token::Text)),
            b'{' => return self.open(Container::Object, Expect::NameOrEnd, Token::ObjectStart).map(Some),
            b'[' => return self.open(Container::Array, Expect::ValueOrEnd, Token::ArrayStart).map(Some),
            b't' => Inside::Word { rest: b"rue", token: Token::Bool(true) },
            b'f' => Inside::Word { rest: b"alse", token: Token::Bool(false) },
            b'n' => Inside::Word { rest: b"ull", token: Token::Null },
            _ => match InNumber::start(byte) {
                Some(state) => Inside::Number(state),
                None => return Err(self.unexpected()),
            },
        };
        Ok(None)
    }

    /// Whether the document may end here. It is whole, or it is a number, which only the end of the document ends.
    pub(crate) fn finish(&self) -> Result<(), DocumentError> {
        match (self.inside, self.expect) {
            (Inside::Nothing, Expect::Nothing) => Ok(()),
            (Inside::Number(state), _) if self.stack.is_empty() && state.is_whole() => Ok(()),
            _ => Err(DocumentError::wrong("the document ends too early", self.cursor)),
        }
    }

    /// The length of the object or array at the start of `bytes`, or `None` if it is wrong or not whole.
    pub(crate) fn value_length(&mut self, bytes: &[u8], text_limit: usize) -> Option<usize> {
        self.stack.clear();
        (self.expect, self.inside) = (Expect::Value, Inside::Nothing);
        self.enter_record(text_limit);
        let mut rest = bytes;
        loop {
            self.next(&mut rest).ok()??;
            if self.stack.is_empty() {
                return Some(bytes.len() - rest.len());
            }
        }
    }

    /// Leaves the innermost object. The caller has read the `rest` of it up to its `}`, with so many line feeds.
    pub(crate) fn leave_object(&mut self, rest: &[u8], lines: usize) {
        self.cursor.pass_lines(rest, lines);
        self.close(Token::ObjectEnd);
    }

    fn mark(&mut self, input: &mut &[u8], mut rest: &'static [u8]) -> Result<Option<Token>, DocumentError> {
        while let (Some((expected, after)), Some(byte)) = (rest.split_first(), input.first()) {
            if byte == expected {
                self.take(input, 1);
                rest = after;
            } else if rest == BYTE_ORDER_MARK {
                rest = &[];
            } else {
                return Err(DocumentError::wrong("half a byte order mark", self.cursor));
            }
        }
        self.inside = if rest.is_empty() { Inside::Nothing } else { Inside::Mark(rest) };
        Ok(None)
    }

    fn string(
        &mut self,
        input: &mut &[u8],
        token: Token,
        mut length: u64,
        mut state: InString,
    ) -> Result<Option<Token>, DocumentError> {
        while let Some(&byte) = input.first() {
            let plain = matches!(state, InString::Plain);
            if plain && byte == b'"' {
                self.take(input, 1);
                return Ok(self.end(token));
            }
            if length >= self.text_limit {
                let limit = usize::try_from(self.text_limit).unwrap_or(usize::MAX);
                return Err(DocumentError::limit("text length", limit, "bytes", self.cursor));
            }
            let run = if plain && swar::is_plain(byte) {
                let left = usize::try_from(self.text_limit - length).unwrap_or(usize::MAX);
                swar::plain_run(input).min(left)
            } else {
                state = state.after(byte).map_err(|reason| DocumentError::wrong(reason, self.cursor))?;
                1
            };
            self.take(input, run);
            length += run as u64;
        }
        self.inside = Inside::String { token, length, state };
        Ok(None)
    }

    fn number(&mut self, input: &mut &[u8], mut state: InNumber) -> Result<Option<Token>, DocumentError> {
        while let Some(&byte) = input.first() {
            let Some(after) = state.after(byte) else {
                if state.is_whole() {
                    return Ok(self.end(Token::Number));
                }
                return Err(DocumentError::wrong("expected a digit", self.cursor));
            };
            state = after;
            self.take(input, 1);
        }
        self.inside = Inside::Number(state);
        Ok(None)
    }

    fn word(
        &mut self,
        input: &mut &[u8],
        mut rest: &'static [u8],
        token: Token,
    ) -> Result<Option<Token>, DocumentError> {
        while let Some((expected, after)) = rest.split_first() {
            let Some(byte) = input.first() else {
                self.inside = Inside::Word { rest, token };
                return Ok(None);
            };
            if byte != expected {
                return Err(DocumentError::wrong("expected `true`, `false` or `null`", self.cursor));
            }
            self.take(input, 1);
            rest = after;
        }
        Ok(self.end(token))
    }

    /// Takes bytes that hold no line feed.
    fn take(&mut self, input: &mut &[u8], count: usize) {
        *input = input.get(count..).unwrap_or_default();
        self.cursor.pass(count);
    }

    fn then(&mut self, expect: Expect) -> Option<Token> {
        self.expect = expect;
        None
    }

    fn enter_string(&mut self, token: Token) -> Option<Token> {
        self.inside = Inside::String { token, length: 0, state: InString::Plain };
        None
    }

    fn open(&mut self, container: Container, expect: Expect, token: Token) -> Result<Token, DocumentError> {
        if self.stack.len() >= self.nesting {
            return Err(DocumentError::limit("nesting", self.nesting, "levels", self.cursor));
        }
        self.stack.push(container);
        self.expect = expect;
        Ok(token)
    }

    fn close(&mut self, token: Token) -> Option<Token> {
        self.stack.pop();
        self.end(token)
    }

    /// Ends a token. A colon comes after a name, and what the container allows after a value.
    fn end(&mut self, token: Token) -> Option<Token> {
        self.inside = Inside::Nothing;
        self.expect = match token {
            Token::Name => Expect::Colon,
            _ if self.stack.is_empty() => Expect::Nothing,
            _ => Expect::CommaOrEnd,
        };
        Some(token)
    }

    fn unexpected(&self) -> DocumentError {
        let reason = match (self.expect, self.stack.last()) {
            (Expect::Value, _) => "expected a value",
            (Expect::ValueOrEnd, _) => "expected a value or `]`",
            (Expect::Name, _) => "expected a name in quotes",
            (Expect::NameOrEnd, _) => "expected a name in quotes or `}`",
            (Expect::Colon, _) => "expected `:`",
            (Expect::CommaOrEnd, Some(Container::Object)) => "expected `,` or `}`",
            (Expect::CommaOrEnd, _) => "expected `,` or `]`",
            (Expect::Nothing, _) => "expected nothing more after the document",
        };
        DocumentError::wrong(reason, self.cursor)
    }
}
