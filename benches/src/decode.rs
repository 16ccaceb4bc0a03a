//! Downloads: the decoder compared with whole-document parsers and published stream readers.

mod contenders;
mod peers;
mod table;

/// Prints a table for each shape of document, with this many megabytes each.
pub(crate) fn print(megabytes: usize) {
    let contenders: Vec<_> = contenders::CONTENDERS.into_iter().chain(peers::PEERS).collect();
    table::print(&contenders, megabytes * 1_000_000, 5);
    table::print_single_bytes(contenders::in_pieces);
}
