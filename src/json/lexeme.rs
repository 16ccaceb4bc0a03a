//! The states inside a string and a number, where a piece may end.

/// A string between its quotes.
///
/// ```text
///              \            one of "\/bfnrt
///   Plain ──────────► Escape ───────────────► Plain
///     │                 │ u
///     │ ≥ 0x80          └────► Hex(4) ─► … ─► Plain
///     └─────► Utf8(1 to 3 more) ─► … ─► Plain
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) enum InString {
    /// Between two characters: the only state that a quote ends.
    Plain,
    /// After a backslash.
    Escape,
    /// Before so many more hexadecimal digits.
    Hex(u8),
    /// Inside a character of several bytes: how many are missing, and the range of the next.
    Utf8 { missing: u8, low: u8, high: u8 },
}

impl InString {
    /// The state after `byte`, or why there is none. Between two characters it is neither plain nor a quote.
    pub(crate) fn after(self, byte: u8) -> Result<Self, &'static str> {
        match self {
            Self::Plain => Self::rare(byte),
            Self::Escape => match byte {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(Self::Plain),
                b'u' => Ok(Self::Hex(4)),
                _ => Err("unknown escape"),
            },
            Self::Hex(1) if byte.is_ascii_hexdigit() => Ok(Self::Plain),
            Self::Hex(digits) if byte.is_ascii_hexdigit() => Ok(Self::Hex(digits - 1)),
            Self::Hex(_) => Err("expected a hexadecimal digit"),
            Self::Utf8 { missing, low, high } if (low..=high).contains(&byte) => {
                if missing == 1 {
                    Ok(Self::Plain)
                } else {
                    Ok(Self::Utf8 { missing: missing - 1, low: 0x80, high: 0xBF })
                }
            }
            Self::Utf8 { .. } => Err(NOT_UTF8),
        }
    }

    /// The first byte of a character that is not [plain](super::swar::is_plain): the well-formed sequences of the
    /// Unicode standard, table 3-7.
    fn rare(byte: u8) -> Result<Self, &'static str> {
        let (missing, low, high) = match byte {
            b'\\' => return Ok(Self::Escape),
            0x00..=0x1F => return Err("control character in a string"),
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xE1..=0xEF => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return Err(NOT_UTF8),
        };
        Ok(Self::Utf8 { missing, low, high })
    }
}

const NOT_UTF8: &str = "text that is not UTF-8";

/// A number (RFC 8259, section 6). It may have any length and size, because nothing here computes with it.
///
/// ```text
///            0          .             digit
///   Minus ─────► Zero ─────► Point ─────────► Fraction ─┐
///     │ 1–9       │            ▲                        │ e E          + -         digit
///     └─────► Integer ─────────┘                        ├─────► Exponent ─► Sign ─────────► Power
///                 └─────────────────────────────────────┘           └────────digit───────────▲
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) enum InNumber {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

impl InNumber {
    /// The state after the first byte of a number, or `None` if no number starts with it.
    pub(crate) fn start(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Self::Minus),
            b'0' => Some(Self::Zero),
            b'1'..=b'9' => Some(Self::Integer),
            _ => None,
        }
    }

    /// The state after `byte`, or `None` if it can't be part of the number.
    pub(crate) fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Some(Self::Integer),
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::Sign),
            (Self::Exponent | Self::Sign | Self::Power, b'0'..=b'9') => Some(Self::Power),
            _ => None,
        }
    }

    /// Whether the number may end here.
    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::Power)
    }
}
