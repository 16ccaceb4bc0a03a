//! Exports in the published form, made from a seed.

use std::fmt::Write;

use fastrand::Rng;

/// The style of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As published: two spaces for each level, one attribute a line.
    Pretty,
    /// The same without whitespace.
    Compact,
    /// An escape in every third value.
    Escapes,
    /// Place names and custom texts outside ASCII.
    NonAscii,
    /// Sixty custom attributes, numbers and booleans among them.
    Custom,
}

impl Shape {
    pub const ALL: [Self; 5] = [Self::Pretty, Self::Compact, Self::Escapes, Self::NonAscii, Self::Custom];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pretty => "pretty, as published",
            Self::Compact => "compact",
            Self::Escapes => "rich in escapes",
            Self::NonAscii => "non-ASCII text",
            Self::Custom => "60 custom attributes",
        }
    }
}

/// Records of one style, each a little different.
pub struct Export {
    shape: Shape,
    random: Rng,
    text: String,
    records: u64,
}

/// The names in the two orders of the published example.
const ORDERS: [[&str; 23]; 2] = [
    [
        "minutesFromGMT",
        "appVersion",
        "osName",
        "sdkVersion",
        "pushEnabled",
        "deviceToken",
        "interfaceIdiom",
        "appBuild",
        "artisanAppId",
        "lastSessionDate",
        "geo-administrativeArea",
        "age",
        "language",
        "artisanId",
        "artisanSessionCount",
        "userSessionCount",
        "sharedUserId",
        "geo-countryCode",
        "osVersion",
        "currentSegments",
        "geo-locality",
        "hardwareType",
        "geo-coordinate",
    ],
    [
        "minutesFromGMT",
        "appVersion",
        "osName",
        "sdkVersion",
        "interfaceIdiom",
        "deviceToken",
        "pushEnabled",
        "appBuild",
        "lastSessionDate",
        "artisanAppId",
        "geo-administrativeArea",
        "age",
        "language",
        "artisanId",
        "artisanSessionCount",
        "userSessionCount",
        "sharedUserId",
        "geo-countryCode",
        "osVersion",
        "currentSegments",
        "geo-locality",
        "hardwareType",
        "geo-coordinate",
    ],
];

const CITIES: [&str; 6] = ["Philadelphia", "San Francisco", "Ulm", "Buenos Aires", "New York", "Leeds"];
const FAR_CITIES: [&str; 6] = ["Санкт-Петербург", "東京都千代田区", "Köln", "São Paulo", "Αθήνα", "القاهرة"];
const ESCAPED: [&str; 4] =
    [r#"said \"hello\""#, r"C:\\Users\\x", r"line\nline\tend", r"caf\u00e9 \ud83d\ude00"];

impl Export {
    pub fn new(shape: Shape) -> Self {
        Self { shape, random: Rng::with_seed(0x9E37_79B9), text: String::new(), records: 0 }
    }

    /// A whole document of about `size` bytes.
    pub fn document(shape: Shape, size: usize) -> Vec<u8> {
        let mut export = Self::new(shape);
        let mut document = export.head().as_bytes().to_vec();
        while document.len() < size {
            document.extend_from_slice(export.record().as_bytes());
        }
        document.extend_from_slice(export.tail().as_bytes());
        document
    }

    pub fn head(&self) -> &'static str {
        if self.is_pretty() { "{\n  \"artisanUserIds\": [" } else { "{\"artisanUserIds\":[" }
    }

    pub fn tail(&self) -> &'static str {
        if self.is_pretty() { "\n  ]\n}\n" } else { "]}" }
    }

    /// The next record, with a comma before it.
    pub fn record(&mut self) -> &str {
        self.text.clear();
        if self.records > 0 {
            self.text.push(',');
        }
        self.records += 1;
        let pretty = self.is_pretty();
        self.text.push_str(if pretty { "\n    {" } else { "{" });
        let order = ORDERS[self.random.usize(..2)];
        for (index, name) in order.iter().enumerate() {
            self.name(index == 0, name);
            let value = self.value(name);
            self.text.push_str(&value);
        }
        if self.shape == Shape::Custom {
            for index in 0..60 {
                self.name(false, &format!("custom_{index}_{}", ["plan", "favouriteColour", "n"][index % 3]));
                let value = self.custom(index);
                self.text.push_str(&value);
            }
        }
        self.text.push_str(if pretty { "\n    }" } else { "}" });
        &self.text
    }

    fn is_pretty(&self) -> bool {
        self.shape == Shape::Pretty
    }

    fn name(&mut self, first: bool, name: &str) {
        let (gap, colon) = if self.is_pretty() { ("\n      ", ": ") } else { ("", ":") };
        let comma = if first { "" } else { "," };
        write!(self.text, "{comma}{gap}\"{name}\"{colon}").unwrap();
    }

    fn value(&mut self, name: &str) -> String {
        let text = match name {
            "artisanId" | "deviceToken" | "sharedUserId" => {
                let (high, low) = (self.random.u64(..), self.random.u64(..));
                let id = format!("{high:016x}{low:016x}");
                format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
            }
            "minutesFromGMT" => ["-240", "240", "0", "570"][self.random.usize(..4)].into(),
            "appVersion" => format!("1.{}", self.random.usize(..12)),
            "osName" => "iPhone OS".into(),
            "sdkVersion" => "2.2.8".into(),
            "pushEnabled" => ["YES", "NO"][self.random.usize(..2)].into(),
            "interfaceIdiom" => ["iPad", "iPhone"][self.random.usize(..2)].into(),
            "appBuild" => "2.0".into(),
            "artisanAppId" => "558ad2897d891c541a000001".into(),
            "lastSessionDate" => ["", "2015-06-24T06:54:36Z"][self.random.usize(..2)].into(),
            "geo-administrativeArea" => ["PA", "CA", "BW"][self.random.usize(..3)].into(),
            "age" => (18 + self.random.usize(..60)).to_string(),
            "language" => ["en", "de", "ru"][self.random.usize(..3)].into(),
            "artisanSessionCount" | "userSessionCount" => self.random.usize(..200).to_string(),
            "geo-countryCode" => ["US", "DE", "AR"][self.random.usize(..3)].into(),
            "osVersion" => format!(
                "{}.{}.{}",
                7 + self.random.usize(..2),
                self.random.usize(..4),
                self.random.usize(..3)
            ),
            "currentSegments" => format!("558ada6e7d891cd34e{:06x}", self.random.usize(..40)),
            "hardwareType" => format!("iPhone{},{}", 3 + self.random.usize(..4), 1 + self.random.usize(..3)),
            "geo-coordinate" => {
                format!(
                    "{}.0000,{}.0000",
                    self.random.usize(..180) as i32 - 90,
                    self.random.usize(..360) as i32 - 180
                )
            }
            _ => self.city().into(),
        };
        if self.shape == Shape::Escapes && self.random.usize(..3) == 0 {
            return format!("\"{text}{}\"", ESCAPED[self.random.usize(..4)]);
        }
        if self.shape == Shape::NonAscii && self.random.usize(..4) == 0 {
            return format!("\"{text} {}\"", self.city());
        }
        format!("\"{text}\"")
    }

    fn city(&mut self) -> &'static str {
        let cities = if self.shape == Shape::NonAscii { FAR_CITIES } else { CITIES };
        cities[self.random.usize(..6)]
    }

    fn custom(&mut self, index: usize) -> String {
        match index % 6 {
            0 => format!("\"{}\"", ["gold", "silver", "none"][self.random.usize(..3)]),
            1 => format!("\"{:x}\"", self.random.u64(..)),
            2 => self.random.usize(..10_000).to_string(),
            3 => ["true", "false", "null"][self.random.usize(..3)].into(),
            4 => format!("\"2015-0{}-24T06:54:36Z\"", 1 + self.random.usize(..9)),
            _ => format!("{}.{}", self.random.usize(..1000), self.random.usize(..100)),
        }
    }
}
