//! The decoder: it drives the outline, and joins records that a piece cuts in two.

use std::fmt;

use super::options::DecodeOptions;
use super::outline::Outline;
use super::parse::Stop;
use super::record::{ProfileRecord, Store};
use crate::error::{Error, Position};
use crate::json::document_error::{Cursor, DocumentError};
use crate::json::syntax::Token;

/// Decodes a download while it arrives, in constant memory and without I/O.
///
/// The document is `{"artisanUserIds":[{…},…]}`, bare or as the `response` of an envelope. Other members are skipped, and
/// their syntax is checked.
///
/// **How to drive it:**
///
/// 1. Call [`advance`](Self::advance) with a piece of any size. It takes bytes from the front of the slice, as reading from a
///    slice does.
/// 2. If it returns `true`, use [`record`](Self::record), and call `advance` again with the rest of the slice.
/// 3. If it returns `false`, the slice is used up. Get more bytes and go to 1, or at their end go to 4.
/// 4. Call [`finish`](Self::finish). Only this says that the document was whole.
///
/// An error comes after all records before it, and ends the decoder for good.
///
/// ```text
///              the list starts              `{`
///   Outside ───────────────────► Between ───────────────► parsed in place: true
///      ▲                          │   ▲ │
///      └──────────── `]` ─────────┘   │ └ cut, or unusual ─► Carried
///                                     │                       │ its `}`: true
///                                     └───────────────────────┘
/// ```
///
/// ```
/// use useartisan::decode::Decoder;
///
/// let pieces: [&[u8]; 3] = [br#"{"artisanUserIds":[{"age":"2"#, br#"9"},{"age":"38"}"#, b"]}"];
/// let mut decoder = Decoder::new();
/// let mut ages = Vec::new();
/// for mut input in pieces {
///     while decoder.advance(&mut input)? {
///         ages.push(decoder.record().age()?);
///     }
/// }
/// decoder.finish()?;
/// assert_eq!(ages, [Some(29), Some(38)]);
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Decoder {
    options: DecodeOptions,
    outline: Outline,
    state: State,
    /// The depth inside the list.
    depth: usize,
    /// How many records have been found.
    records: u64,
    store: Store,
    /// The part of a record after its `{` that has arrived so far.
    carry: Vec<u8>,
    /// Where the carried record started.
    carried_from: Cursor,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Before the list or after it.
    Outside,
    /// In the list, between records.
    Between,
    /// In a record that is not whole in one piece. Its bytes are carried over.
    Carried,
    /// After an error, at this position.
    Failed(Position),
}

impl Decoder {
    /// Makes a decoder with the default [`DecodeOptions`].
    ///
    /// ```
    /// let decoder = useartisan::decode::Decoder::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with(DecodeOptions::default())
    }

    /// Makes a decoder with your own options.
    ///
    /// ```
    /// use useartisan::decode::{Decoder, DecodeOptions};
    ///
    /// let decoder = Decoder::with(DecodeOptions::default().with_attributes(100));
    /// ```
    #[must_use]
    pub fn with(options: DecodeOptions) -> Self {
        Self {
            outline: Outline::new(options.nesting, Some(options.list.clone())),
            options,
            state: State::Outside,
            depth: 0,
            records: 0,
            store: Store::new(),
            carry: Vec::new(),
            carried_from: Cursor::start(),
        }
    }

    /// Takes bytes from the front of `input`. It returns `true` at the end of the next record, and `false` if `input` is used up.
    ///
    /// The cost is linear in the bytes, in pieces of any size.
    ///
    /// # Errors
    ///
    /// Each has the position and, inside a record, its index from 0:
    ///
    /// - the document is not JSON by RFC 8259, is not UTF-8, or has something after it. One byte order mark before it is allowed
    /// - a name or text of a record has half a surrogate pair, unless [`DecodeOptions::with_lossy_text`] replaces it
    /// - the list is missing or comes twice, or an item of it is not an object
    /// - a limit of the [`DecodeOptions`] is exceeded
    /// - `success` is false or unclear, or there is an `error` in place of the list
    ///
    /// After an error, every further call fails and says where decoding stopped.
    pub fn advance(&mut self, input: &mut &[u8]) -> Result<bool, Error> {
        self.store.clear();
        let found = self.find(input);
        found.map_err(|fault| {
            self.store.clear();
            self.state = State::Failed(fault.position());
            fault.into()
        })
    }

    /// The record that the last [`advance`](Self::advance) found. If it found none, the record has no attributes.
    ///
    /// ```
    /// let mut decoder = useartisan::decode::Decoder::new();
    /// assert!(decoder.record().is_empty());
    /// let mut input: &[u8] = br#"{"artisanUserIds":[{"age":"29"}]}"#;
    /// assert!(decoder.advance(&mut input)?);
    /// assert_eq!(decoder.record().len(), 1);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn record(&self) -> ProfileRecord<'_> {
        self.store.record()
    }

    /// Ends the document: it must be whole.
    ///
    /// # Errors
    ///
    /// The document ends too early, or says that the service failed, or there was an error before.
    ///
    /// ```
    /// let mut decoder = useartisan::decode::Decoder::new();
    /// let mut input: &[u8] = br#"{"artisanUserIds":["#;
    /// assert!(!decoder.advance(&mut input)?);
    /// assert!(decoder.finish().is_err());
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn finish(&self) -> Result<(), Error> {
        let whole = self.outline.finish();
        match self.state {
            State::Failed(at) => Err(DocumentError::again(at).into()),
            State::Carried => whole.map_err(|fault| fault.in_record(self.records).into()),
            State::Outside | State::Between => Ok(whole?),
        }
    }

    pub(super) fn find(&mut self, input: &mut &[u8]) -> Result<bool, DocumentError> {
        loop {
            match self.state {
                State::Outside => {
                    if !self.outline.advance(input)? {
                        return Ok(false);
                    }
                    self.enter_list();
                }
                State::Between => match self.between(input)? {
                    Some(Token::ObjectStart) => {
                        if self.parse_in_place(input) {
                            return Ok(true);
                        }
                    }
                    Some(_) => self.state = State::Outside,
                    None => return Ok(false),
                },
                State::Carried => return self.carry(input).map_err(|fault| fault.in_record(self.records)),
                State::Failed(at) => return Err(DocumentError::again(at)),
            }
        }
    }

    fn enter_list(&mut self) {
        self.state = State::Between;
        self.depth = self.outline.syntax.depth();
        self.store.limit_nesting(self.options.nesting.saturating_sub(self.depth + 1));
    }

    /// The start of the next record or the end of the list, or `None` if the input ends first.
    fn between(&mut self, input: &mut &[u8]) -> Result<Option<Token>, DocumentError> {
        let syntax = &mut self.outline.syntax;
        while let Some(byte) = syntax.peek(input)? {
            if byte != b'{' && syntax.starts_value(byte) {
                let fault = DocumentError::wrong("an item of the list is not an object", syntax.cursor());
                return Err(fault.in_record(self.records));
            }
            let token = syntax.start(byte, input)?;
            if token.is_some() {
                return Ok(token);
            }
        }
        Ok(None)
    }

    /// Takes a record that is whole in the input. Otherwise prepares to carry it.
    fn parse_in_place(&mut self, input: &mut &[u8]) -> bool {
        let syntax = &mut self.outline.syntax;
        let room = self.options.record_size.saturating_sub(1);
        let bytes = input.get(..room).unwrap_or(input);
        // A record that is wrong, and not only cut, is left to the automaton. So one place makes the errors, and they don't
        // depend on where the pieces end.
        if let Ok(parsed) = self.store.fill(bytes, &self.options) {
            let (record, rest) = input.split_at(parsed.length);
            syntax.leave_object(record, parsed.lines);
            *input = rest;
            self.records += 1;
            return true;
        }
        self.store.clear();
        self.carry.clear();
        self.carried_from = syntax.cursor();
        syntax.enter_record(self.options.text_length);
        self.state = State::Carried;
        false
    }

    fn carry(&mut self, input: &mut &[u8]) -> Result<bool, DocumentError> {
        let syntax = &mut self.outline.syntax;
        let room = self.options.record_size.saturating_sub(1).saturating_sub(self.carry.len());
        let bytes = input.get(..room).unwrap_or(input);
        let mut rest = bytes;
        let whole = loop {
            match syntax.next(&mut rest)? {
                Some(Token::ObjectEnd) if syntax.depth() == self.depth => break true,
                Some(_) => {}
                None => break false,
            }
        };
        let (taken, _) = bytes.split_at(bytes.len() - rest.len());
        self.carry.extend_from_slice(taken);
        *input = input.get(taken.len()..).unwrap_or_default();
        if whole {
            self.parse_carried()?;
        } else if taken.len() == room {
            return Err(DocumentError::limit(
                "record size",
                self.options.record_size,
                "bytes",
                syntax.cursor(),
            ));
        }
        Ok(whole)
    }

    /// Takes the carried record. The automaton has checked its syntax.
    fn parse_carried(&mut self) -> Result<(), DocumentError> {
        let at = |offset| {
            let mut cursor = self.carried_from;
            cursor.pass_all(self.carry.get(..offset).unwrap_or_default());
            cursor
        };
        match self.store.fill(&self.carry, &self.options) {
            Ok(_) => {}
            Err(Stop::Attributes(offset)) => {
                return Err(DocumentError::limit(
                    "attribute count",
                    self.options.attributes,
                    "in a record",
                    at(offset),
                ));
            }
            Err(Stop::Surrogate(offset)) => {
                return Err(DocumentError::wrong("half a surrogate pair", at(offset)));
            }
            Err(Stop::Unfit) => return Err(DocumentError::wrong("a record that can't be read", at(0))),
        }
        self.outline.syntax.leave_record();
        self.state = State::Between;
        self.records += 1;
        Ok(())
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("records", &self.records)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
