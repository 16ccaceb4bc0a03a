//! What the service answers with, as types.
