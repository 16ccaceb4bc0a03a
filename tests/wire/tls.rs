//! Roots of trust. `tests/faults` has servers that they do not cover.

use rcgen::generate_simple_self_signed;
use rustls::pki_types::CertificateDer;
use useartisan::ErrorKind;
use useartisan::backends::tls::Roots;

#[test]
fn roots_are_checked_where_they_are_made() {
    let certificate = generate_simple_self_signed(["a".to_owned()]).unwrap().cert.der().clone();
    let garbage = CertificateDer::from(vec![1, 2, 3]);
    for (outcome, message) in [
        (Roots::only([]), "roots hold no certificate"),
        (Roots::only([certificate, garbage]), "root 1 is not a certificate"),
        (Roots::from_pem(b""), "roots hold no certificate"),
        (
            Roots::from_pem(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"),
            "roots are not PEM",
        ),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::InvalidInput, message));
    }
}
