//! Answers that no well-behaved server sends.

use useartisan::{ErrorKind, Sent};

use crate::scenario::{
    BROKEN, CUT, DOCUMENT, Outcome, Scenario, TOO_LARGE, UNEXPECTED, UREQ, response, scenario, whole,
    with_length,
};
use crate::script::{Act, answer};
use crate::support::canary;
use crate::way::{CALLS, DOWNLOADS, EVERY, RAW, READ, Way};

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [interim(), heads(), codings(), bodies(), echoes()];
    all.into_iter().flatten().collect()
}

fn interim() -> Vec<Scenario> {
    let before = |name: &str, interim: &str| {
        scenario(name, &[12], answer(format!("{interim}{}", whole()))).comes(EVERY, Outcome::Whole)
    };
    vec![
        before("100 before the answer", "HTTP/1.1 100 Continue\r\n\r\n"),
        before("103 before the answer", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
        before("199 before the answer", "HTTP/1.1 199 What\r\n\r\n"),
        before("a thousand interim answers", &"HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)),
        scenario(
            "101 in place of an answer",
            &[12, 20],
            answer("HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n"),
        )
        .comes(READ, Outcome::Fails(ErrorKind::Rejected, Sent::Answered))
        .comes(RAW, Outcome::Gives("")),
    ]
}

fn heads() -> Vec<Scenario> {
    let l = DOCUMENT.len();
    let garbled = |name: &str, status: &str, headers: &str| {
        let bytes = format!("{status}\r\ncontent-length: {l}\r\n{headers}\r\n{DOCUMENT}");
        scenario(name, &[8, 12, 23], answer(bytes)).comes(EVERY, BROKEN)
    };
    let taken = |name: &str, bytes: String| scenario(name, &[12], answer(bytes)).comes(EVERY, Outcome::Whole);
    let with = |headers: &str| response("200 OK", &format!("content-length: {l}\r\n{headers}"), DOCUMENT);
    vec![
        garbled("a status that is no number", "HTTP/1.1 abc OK", ""),
        garbled("a status of two digits", "HTTP/1.1 20 OK", ""),
        garbled("a status of four digits", "HTTP/1.1 2000 OK", ""),
        garbled("a status below 100", "HTTP/1.1 099 OK", ""),
        garbled("a version that there is not", "HTTP/7.3 200 OK", ""),
        garbled("another protocol", "ICY 200 OK", ""),
        garbled("no status line", "content-type: text/plain", ""),
        garbled("a header without a colon", "HTTP/1.1 200 OK", "nothing\r\n"),
        garbled("a header without a name", "HTTP/1.1 200 OK", ": x\r\n"),
        garbled("a space before the colon", "HTTP/1.1 200 OK", "x : y\r\n"),
        garbled("a header that is folded", "HTTP/1.1 200 OK", "x: y\r\n z\r\n"),
        garbled("NUL in a header", "HTTP/1.1 200 OK", "x: \0\r\n"),
        garbled("a CR alone in a header", "HTTP/1.1 200 OK", "x: y\rcontent-length: 7\r\n"),
        garbled("a head of a megabyte", "HTTP/1.1 200 OK", &format!("x: {}\r\n", "y".repeat(1 << 20)))
            .comes(EVERY, TOO_LARGE),
        garbled("a head of 20,000 headers", "HTTP/1.1 200 OK", &"x: y\r\n".repeat(20_000))
            .comes(EVERY, TOO_LARGE),
        scenario("a body alone", &[12, 23], answer(DOCUMENT)).comes(EVERY, BROKEN),
        taken("a head of 30 KB", with(&format!("x: {}\r\n", "y".repeat(30_000)))),
        taken("headers of more than ASCII", with("x: \u{fc}\u{202e}\r\n")),
        taken("lines that end in LF alone", with("").replace("\r\n", "\n")),
        taken("empty lines before the answer", format!("\r\n\r\n{}", whole())),
        taken("the older version of HTTP", whole().replace("HTTP/1.1", "HTTP/1.0")),
        taken("a status line without a reason", whole().replace("200 OK", "200")),
    ]
}

/// A gzip stream of more than a hundred megabytes of zeros, without its end: a deflate block with the fixed code, with one
/// zero, and then many times "258 bytes like the one before".
fn bomb() -> Vec<u8> {
    let mut bits: Vec<u8> = vec![1, 1, 0]; // The last block, with the fixed code.
    bits.extend([0, 0, 1, 1, 0, 0, 0, 0]);
    for _ in 0..400_000 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit);
    let deflated = bits.chunks(8).map(byte);
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].into_iter().chain(deflated).collect()
}

/// Promise 18: any content coding that was not requested is refused by name, and not decoded.
fn codings() -> Vec<Scenario> {
    let coded = |name: &str, headers: &str, body: Vec<u8>, told: &'static str| {
        let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len());
        scenario(name, &[18], answer([head.into_bytes(), body].concat()))
            .comes(READ, Outcome::Tells(ErrorKind::ContentCoding, Sent::Answered, told))
    };
    let plain = || DOCUMENT.as_bytes().to_vec();
    vec![
        coded("gzip", "content-encoding: gzip\r\n", plain(), "coding `gzip`").comes(RAW, Outcome::Whole),
        coded("deflate", "content-encoding: deflate\r\n", plain(), "`deflate`").comes(RAW, Outcome::Whole),
        coded("br", "content-encoding: br\r\n", plain(), "`br`").comes(RAW, Outcome::Whole),
        coded("zstd", "content-encoding: zstd\r\n", plain(), "`zstd`").comes(RAW, Outcome::Whole),
        coded("gzip in gzip", "content-encoding: gzip, gzip\r\n", plain(), "`gzip`")
            .comes(RAW, Outcome::Whole),
        coded(
            "a coding behind one that is none",
            "content-encoding: identity\r\ncontent-encoding: x-gzip\r\n",
            plain(),
            "`x-gzip`",
        )
        .comes(RAW, Outcome::Whole),
        coded("a bomb in gzip", "content-encoding: gzip\r\n", bomb(), "`gzip`"),
        scenario(
            "the coding that was asked for",
            &[18],
            answer(whole().replace("\r\n\r\n", "\r\ncontent-encoding: application/json\r\n\r\n")),
        )
        .comes(EVERY, Outcome::Whole),
    ]
}

const HTML: &str = "<html><body>Bad Gateway</body></html>";

fn bodies() -> Vec<Scenario> {
    let body = |name: &str, status: &str, headers: &str, body: &str| {
        let headers = format!("{headers}content-length: {}\r\n", body.len());
        scenario(name, &[19, 29], answer(response(status, &headers, body)))
    };
    let rejected = Outcome::Tells(ErrorKind::Rejected, Sent::Answered, "no such job");
    let failure = r#"{"success":"False","error":"no such job"}"#;
    vec![
        body("HTML under 200", "200 OK", "content-type: text/html\r\n", HTML)
            .comes(READ, UNEXPECTED)
            .comes(RAW, Outcome::Gives(HTML)),
        body("204 with a body", "204 No Content", "", DOCUMENT)
            .comes(READ, UNEXPECTED)
            .comes(RAW, Outcome::Gives("")),
        body("304 with a body", "304 Not Modified", "", DOCUMENT)
            .comes(READ, Outcome::Fails(ErrorKind::Redirect, Sent::Answered))
            .comes(RAW, Outcome::Gives("")),
        body("nothing under 200", "200 OK", "", "").comes(READ, UNEXPECTED).comes(RAW, Outcome::Gives("")),
        body("NUL for a body", "200 OK", "", "\0").comes(READ, UNEXPECTED).comes(RAW, Outcome::Gives("\0")),
        body("a failure under 200", "200 OK", "", failure)
            .comes(READ, rejected)
            .comes(RAW, Outcome::Gives(failure)),
        scenario("a document and another", &[17, 29], answer(with_length(&format!("{DOCUMENT}{DOCUMENT}"))))
            .comes(READ, UNEXPECTED),
        scenario("a body in two chunks, and a trailer", &[12], answer(in_two_chunks()))
            .comes(EVERY, Outcome::Whole),
        scenario("a body that ends with its connection", &[12], answer(response("200 OK", "", DOCUMENT)))
            .comes(EVERY, Outcome::Whole),
        scenario("a body byte by byte", &[12, 13], vec![Act::Read, Act::SayEach(whole().into())])
            .comes(EVERY, Outcome::Whole),
        scenario(
            "a body in chunks of a byte",
            &[12, 13],
            vec![Act::Read, Act::Say(in_small_chunks().into())],
        )
        .comes(EVERY, Outcome::Whole),
    ]
}

fn in_two_chunks() -> String {
    let (first, second) = DOCUMENT.split_at(DOCUMENT.len() / 2);
    let chunks = [first, second].map(|part| format!("{:x}\r\n{part}\r\n", part.len())).concat();
    response("200 OK", "transfer-encoding: chunked\r\n", &format!("{chunks}0\r\nx-trailer: z\r\n\r\n"))
}

fn in_small_chunks() -> String {
    let chunks: String = DOCUMENT.chars().map(|byte| format!("1;x=y\r\n{byte}\r\n")).collect();
    response("200 OK", "transfer-encoding: chunked\r\n", &format!("{chunks}0\r\nx-trailer: z\r\n\r\n"))
}

/// The request as it arrived, and as JSON may write it.
fn forms(request: &str) -> String {
    format!("{request} {}", request.replace('/', "\\/"))
}

/// The request as one word.
fn word(request: &str) -> String {
    request.split_whitespace().collect()
}

fn chunked(body: &str) -> Vec<u8> {
    response("200 OK", "transfer-encoding: chunked\r\nconnection: close\r\n", body).into()
}

/// Each line of the request as a header, and all its forms in further headers.
fn echoing(status: &str, start: &str, request: &str, body: &str) -> Vec<u8> {
    let mut headers = format!("content-length: {}\r\n", body.len());
    for line in forms(request).lines().filter(|line| !line.is_empty()) {
        headers += &format!("x-echo: {line}\r\n");
    }
    headers += &format!("location: ftp://x/?{}\r\n", word(request));
    format!("HTTP/1.1 {status}\r\n{start}{headers}\r\n{body}").into_bytes()
}

/// Promise 8: a server that echoes the request wherever it can.
fn echoes() -> Vec<Scenario> {
    let echo = |name: &str, echo: fn(&str) -> Vec<u8>| -> Scenario {
        scenario(name, &[8], vec![Act::Read, Act::Echo(echo)])
    };
    let rejected = Outcome::Fails(ErrorKind::Rejected, Sent::Answered);
    vec![
        echo("the request echoed under 200", |request| echoing("200 OK", "", request, &forms(request)))
            .comes(READ, UNEXPECTED),
        echo("the request echoed under 401", |request| echoing("401 No", "", request, &forms(request)))
            .comes(READ, Outcome::Fails(ErrorKind::AccessDenied, Sent::Answered)),
        echo("the request echoed as the service's reason", |request| {
            let reason = serde_json::to_string(request).unwrap().replace('/', "\\/");
            echoing("500 No", "", request, &format!(r#"{{"success":false,"error":{reason}}}"#))
        })
        .comes(READ, rejected),
        echo("the request echoed by a redirect", |request| {
            echoing("302 Found", "", request, &forms(request))
        })
        .comes(READ, Outcome::Fails(ErrorKind::Redirect, Sent::Answered)),
        echo("the request echoed as a coding", |request| {
            let coding = format!("content-encoding: {}\r\n", word(request));
            echoing("200 OK", &coding, request, "{}")
        })
        .comes(READ, Outcome::Fails(ErrorKind::ContentCoding, Sent::Answered)),
        echo("the key echoed as a coding", |_| {
            let coding = format!("content-encoding: {}\r\n", canary::SECRET);
            echoing("200 OK", &coding, "", "{}")
        })
        .comes(READ, Outcome::Fails(ErrorKind::ContentCoding, Sent::Answered)),
        echo("the request echoed in a status line", |request| format!("HTTP/1.1 {request}").into())
            .comes(EVERY, BROKEN),
        echo("the request echoed in a broken header", |request| {
            format!("HTTP/1.1 200 OK\r\nx\0: {}\r\n\r\n", forms(request)).into()
        })
        .comes(EVERY, BROKEN),
        echo("the request echoed as the size of a chunk", |request| {
            let size = word(request);
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{size}\r\n{request}").into()
        })
        .comes(EVERY, CUT),
        echo("the request echoed in the extension of a chunk", |request| {
            chunked(&format!("4;x=\"{}\"\r\nnope\r\n0\r\n\r\n", word(request).replace('"', "'")))
        })
        .comes(READ, UNEXPECTED)
        .comes(RAW, Outcome::Gives("nope"))
        // ureq accepts only a short line.
        .but(UREQ, EVERY, CUT),
        echo("the request echoed in a trailer", |request| {
            chunked(&format!("4\r\nnope\r\n0\r\nx-echo: {}\r\n\r\n", word(request)))
        })
        .comes(READ, UNEXPECTED)
        .comes(RAW, Outcome::Gives("nope")),
        echo("the request echoed, and cut", |request| {
            let cut = format!("{{\"error\":\"{}", forms(request));
            let headers = format!("content-length: {}\r\n", cut.len() + 10);
            response("200 OK", &headers, &cut).into()
        })
        .comes(&[Way::Call, Way::Post, Way::Raw], CUT)
        .comes(DOWNLOADS, UNEXPECTED),
        echo("the key as a field of the document", |_| {
            let record = format!(r#"{{"age":"{}"}}"#, canary::SECRET);
            with_length(&format!(r#"{{"artisanUserIds":[{record}],"jobs":"{}"}}"#, canary::PUBLIC)).into()
        })
        .comes(CALLS, UNEXPECTED)
        .comes(&[Way::Records], UNEXPECTED),
    ]
}
