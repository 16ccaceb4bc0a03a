//! The columns of a CSV, and a profile as a row.

use std::collections::HashMap;
use std::io;

use useartisan::AttributeValue;
use useartisan::decode::ProfileRecord;

use crate::json;
use crate::trouble::Trouble;

/// The attributes that the service publishes, and all others.
const DEFAULT: [&str; 24] = [
    "artisanId",
    "sharedUserId",
    "artisanAppId",
    "currentSegments",
    "age",
    "language",
    "lastSessionDate",
    "minutesFromGMT",
    "userSessionCount",
    "artisanSessionCount",
    "pushEnabled",
    "deviceToken",
    "geo-countryCode",
    "geo-administrativeArea",
    "geo-locality",
    "geo-coordinate",
    "hardwareType",
    "interfaceIdiom",
    "osName",
    "osVersion",
    "appVersion",
    "appBuild",
    "sdkVersion",
    OTHERS,
];

/// The column for all attributes without a column of their own.
const OTHERS: &str = "*";

/// The name of that column in the header.
const OTHERS_HEADER: &str = "other";

#[derive(Clone)]
pub(crate) struct Columns {
    names: Vec<String>,
    /// The column of each attribute.
    places: HashMap<String, usize>,
    /// The columns that had a value so far. The default columns count as used.
    used: Vec<bool>,
    /// The column of all others.
    others: Option<usize>,
    /// The others of one profile, as JSON.
    rest: Vec<u8>,
}

impl Columns {
    /// The columns of the command line, or else the default ones.
    pub(crate) fn new(names: &[String]) -> Result<Self, Trouble> {
        let named: Vec<_> = names.iter().map(|name| name.trim()).collect();
        let names = if named.is_empty() { &DEFAULT } else { &*named };
        let mut columns = Columns {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            places: HashMap::new(),
            used: vec![named.is_empty(); names.len()],
            others: None,
            rest: Vec::new(),
        };
        for (place, name) in names.iter().enumerate() {
            let taken = match *name {
                OTHERS => columns.others.replace(place).is_some(),
                _ => columns.places.insert((*name).to_owned(), place).is_some(),
            };
            if name.is_empty() {
                let help =
                    "give names of attributes, such as --columns sharedUserId,age; '*' takes all others";
                return Err(Trouble::usage("--columns has an empty name").help(help));
            }
            if taken {
                return Err(Trouble::usage(format!("--columns names {name:?} twice")));
            }
        }
        if columns.others.is_some() && columns.places.contains_key(OTHERS_HEADER) {
            let text = format!("--columns names {OTHERS_HEADER:?} twice: it is also what '*' is called");
            return Err(Trouble::usage(text));
        }
        Ok(columns)
    }

    /// The named columns that never had a value, perhaps because of a typing error.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &str> {
        let unused = self.names.iter().zip(&self.used).filter(|(name, used)| !**used && *name != OTHERS);
        unused.map(|(name, _)| name.as_str())
    }

    pub(crate) fn header(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| if name == OTHERS { OTHERS_HEADER } else { name })
    }

    /// Writes one row.
    pub(crate) fn row<W: io::Write>(
        &mut self,
        record: ProfileRecord<'_>,
        out: &mut csv::Writer<W>,
    ) -> io::Result<()> {
        let mut cells = vec![None; self.names.len()];
        let mut others = Vec::new();
        for (name, value) in record {
            match self.places.get(name).and_then(|place| cells.get_mut(*place)) {
                // The last value of a name counts.
                Some(cell) => others.extend(cell.replace(value).map(|before| (name, before))),
                None => others.push((name, value)),
            }
        }
        self.rest.clear();
        if !others.is_empty() && self.others.is_some() {
            json::object(&mut self.rest, others)?;
        }
        for (place, (cell, used)) in cells.iter().zip(&mut self.used).enumerate() {
            *used |= cell.is_some();
            let field = if self.others == Some(place) { &self.rest } else { text(cell).as_bytes() };
            out.write_field(field).map_err(cause)?;
        }
        out.write_record(None::<&[u8]>).map_err(cause)
    }
}

fn text<'a>(cell: &Option<AttributeValue<'a>>) -> &'a str {
    match cell {
        None | Some(AttributeValue::Raw("null")) => "",
        Some(value) => value.as_str(),
    }
}

/// The I/O error inside a CSV error. The conversion that csv offers hides a closed pipe.
pub(crate) fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
