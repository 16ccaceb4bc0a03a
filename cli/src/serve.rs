//! The fake service on a port of this machine.

use std::io::{self, Write};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use useartisan::Credentials;
use useartisan::fake::FakeArtisan;

use crate::args::Fake;
use crate::generated::Repeated;
use crate::trouble::{Exit, Trouble};

/// The keys of the fake. They are not secret: it has sample data only, and listens on loopback.
const PUBLIC_KEY: &str = "fake-public-key";
const SECRET_KEY: &str = "fake-secret-key";

/// After how many polls a job of the fake is complete.
const POLLS: usize = 3;

/// The service that `--fake` uses as well.
pub(crate) fn sample() -> Result<FakeArtisan, Trouble> {
    let fake = FakeArtisan::with_credentials(Credentials::new(PUBLIC_KEY, SECRET_KEY)?);
    Ok(fake.add_sample_data().complete_jobs_after(POLLS))
}

/// Serves until a signal comes.
pub(crate) async fn serve(settings: Fake) -> Result<(), Trouble> {
    let fake = sample()?;
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await.map_err(|error| {
        let trouble = Trouble::new(Exit::Other, format!("cannot listen on port {}: {error}", settings.port));
        trouble.help("choose another port: --port PORT, or --port 0 for any free one")
    })?;
    let address = listener.local_addr()?;
    let mut out = io::stdout();
    write!(
        out,
        "sample data at http://{address} until Ctrl-C; to use it from another terminal:\n\n\
         export ARTISAN_URL=http://{address} ARTISAN_PUBLIC_KEY={PUBLIC_KEY} ARTISAN_SECRET_KEY={SECRET_KEY}\n\
         artisan list-apps\n"
    )?;
    out.flush()?;
    loop {
        let (socket, _) = listener.accept().await?;
        let fake = fake.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(&fake, settings.result_size, request));
            // If a connection fails, the client sees it.
            drop(http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await);
        });
    }
}

async fn answer(
    fake: &FakeArtisan,
    result_size: Option<u64>,
    request: Request<Incoming>,
) -> Result<Response<Either<Full<Bytes>, Repeated>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let is_download = head.uri.path().ends_with("/download");
    let body = body.collect().await?.to_bytes();
    let (mut head, body) = fake.answer(Request::from_parts(head, body)).into_parts();
    let size = result_size.filter(|_| is_download && head.status == StatusCode::OK);
    let body = match size.and_then(|size| Repeated::new(&body, size)) {
        Some(repeated) => {
            // This is the length of the short result. hyper sends the length of the long one.
            head.headers.remove(CONTENT_LENGTH);
            Either::Right(repeated)
        }
        None => Either::Left(Full::new(body)),
    };
    Ok(Response::from_parts(head, body))
}
